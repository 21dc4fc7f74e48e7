import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { requestFromInteraction } from '../cassette/convert.ts'
import { isObject } from '../providers/json/json.ts'
import { fingerprint, RULES_VERSION } from '../fingerprint/fingerprint.ts'

/** One interaction of a side, as far as it is needed to find its partner. */
export interface Recording {
  readonly cassette: string
  readonly id: string
  /** Its place in the file, from 0. */
  readonly at: number
  readonly key: string
  readonly semanticKey: string
  readonly api: string
  readonly title: string
}

export interface Opened {
  readonly cassette: Cassette
  readonly recordings: readonly Recording[]
}

export interface SidesOptions {
  readonly strictValues: boolean
  /** Keep the digests of answers that differ, and the models, in the rows. */
  readonly answers?: boolean
  /** How many recordings of one interaction each side must have. */
  readonly runs?: number
}

/**
 * The interactions of a cassette. Keys that the file does not have, or that another version of the rules made, are
 * computed.
 * @param skipped places in the file
 * @throws {CassetteFormatError} if an interaction cannot be read
 */
export const recordingsOf = (cassette: Cassette, name: string, skipped: ReadonlySet<number>): Recording[] =>
  cassette.entries.flatMap((entry, at) =>
    skipped.has(at) ? [] : [{ cassette: name, id: entry.id, at, ...keysOf(entry), title: titleOf(entry) }],
  )

function keysOf(entry: CassetteEntry): Pick<Recording, 'key' | 'semanticKey' | 'api'> {
  const { match } = entry
  if (match?.v === RULES_VERSION) return { key: match.key, semanticKey: match.semantic_key, api: match.api }
  return computedKeys(entry)
}

/** The keys that the fields compared by default give, whatever the cassette was recorded with. */
export function computedKeys(entry: CassetteEntry): Pick<Recording, 'key' | 'semanticKey' | 'api'> {
  const { matchKey, semanticKey, api } = fingerprint(requestFromInteraction(entry.read().request))
  return { key: matchKey, semanticKey, api }
}

/** Method, host and path: a query may hold what is not for a report. */
export function titleOf({ method, url }: CassetteEntry): string {
  const parsed = URL.parse(url)
  return `${method} ${parsed === null ? url : parsed.host + parsed.pathname}`
}

/** The model that a request names in its JSON body, or in its path as Gemini's does. */
export function modelOf(entry: CassetteEntry): string | undefined {
  const body = entry.read().request.body
  const json = body !== undefined && body !== null && 'json' in body ? body.json : undefined
  const model = isObject(json) ? json['model'] : undefined
  return typeof model === 'string' ? model : /\/models?\/([^/:?]+)/.exec(entry.url)?.[1]
}
