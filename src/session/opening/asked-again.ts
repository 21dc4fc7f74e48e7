import { bufferOf } from '../../base/bytes.ts'
import { numberedIn } from '../../base/numbered.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { asksForCredentials } from '../../providers/freshness/credentials.ts'
import { isCredentials } from '../replaying/answer/refresh.ts'

/** What stands in an entry that gives credentials: hidden ones, or what a request asks for them by. Few other entries are read. */
const MAY_GIVE =
  /(?:token|secret_?access_?key|secret_?key|access_?key_?id)["']?[:>] *["']?REDACTED|grant_?type|Action=?:? *(?:AssumeRole|Get(?:Session|Federation)Token)/i

/** @remarks The file may have thousands of entries. Most have nothing hidden, or only headers. */
function mayGive(entry: CassetteEntry): boolean {
  const { text } = entry
  const bytes = typeof text === 'string' ? text : bufferOf(text)
  return bytes.includes('REDACTED') && (MAY_GIVE.test(textOf(entry)) || asksForCredentials(entry.url, ''))
}

/**
 * The recordings that a run which may record asks for again: those that give credentials, because a request with a stand-in in
 * place of credentials cannot go to its server; and those that gave what such a request carried.
 */
export function askedAgain(entries: readonly CassetteEntry[]): ReadonlySet<CassetteEntry> {
  const again = new Set(entries.filter((entry) => mayGive(entry) && isCredentials(entry)))
  if (again.size === 0) return again
  const givers = new Map<string, CassetteEntry>()
  for (const entry of entries)
    for (const standIn of givenBy(entry)) if (!givers.has(standIn)) givers.set(standIn, entry)
  // A set that grows while it is read is read to its end.
  for (const entry of again)
    for (const standIn of numberedIn(requestOf(entry))) {
      const giver = givers.get(standIn)
      if (giver) again.add(giver)
    }
  return again
}

/** The stand-ins that an answer gave: its request has none of them. */
export function givenBy(entry: CassetteEntry): readonly string[] {
  const text = textOf(entry)
  if (!text.includes('REDACTED-')) return []
  const own = new Set(numberedIn(requestOf(entry)))
  return numberedIn(text.slice(requestOf(entry).length)).filter((standIn) => !own.has(standIn))
}

function requestOf(entry: CassetteEntry): string {
  const text = textOf(entry)
  const end = text.indexOf('\n    response:')
  return end === -1 ? text : text.slice(0, end)
}

const textOf = ({ text }: CassetteEntry): string =>
  typeof text === 'string' ? text : bufferOf(text).toString('latin1')
