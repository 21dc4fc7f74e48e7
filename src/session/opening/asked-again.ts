import { bufferOf } from '../../base/bytes.ts'
import { numberedIn } from '../../base/numbered.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { isCredentials } from '../replaying/answer/refresh.ts'

/** Words that a request for credentials, or its answer, has. Few other entries are read. */
const MAY_GIVE =
  /security-credentials|api\/token|service-accounts|oauth|\.well-known|discovery\/instance|auth\/.+\/login|federation|grant_?type|Action|expir|lease_duration|ttl|SessionToken|SecretAccessKey/i

/**
 * The recordings that a run which may record asks for again: those that give credentials, because a request with a stand-in in
 * place of credentials cannot go to its server; and those that gave what such a request carried.
 */
export function askedAgain(entries: readonly CassetteEntry[]): ReadonlySet<CassetteEntry> {
  const again = new Set(entries.filter((entry) => MAY_GIVE.test(textOf(entry)) && isCredentials(entry)))
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
