import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { fromInteraction, toInteraction } from '../cassette/convert.ts'
import { type Interaction, NO_MATCH } from '../cassette/interaction.ts'
import { lineOf } from '../gate/line-of.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Finding } from './findings.ts'

/** How many places one interaction names. */
const MAX_PLACES = 5

/**
 * Secrets in a cassette: every place that redaction would change today. Bodies are searched decoded and joined, as when they are
 * recorded.
 * @throws {CassetteFormatError} if an interaction cannot be read
 */
export function scanCassette(cassette: Cassette, redactor: Redactor): Finding[] {
  return cassette.entries.flatMap((entry, at) => {
    const places = placesIn(entry, redactor)
    const shown = places.slice(0, MAX_PLACES)
    const more = places.length - shown.length
    return shown.map((place, i) => ({
      rule: isQuery(place) ? 'query-value' : 'secret',
      level: isQuery(place) ? ('note' as const) : ('error' as const),
      file: cassette.path,
      line: lineOf(cassette, at),
      id: entry.id,
      // A name in the path may be a secret too.
      message: `${whatIs(place)} in ${redactor.text(place.path)}${i === shown.length - 1 && more > 0 ? `, and ${more} more` : ''}`,
    }))
  })
}

interface Place {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** By default no value of a query is stored, also those that are no credential. */
const isQuery = ({ path, before, after }: Place): boolean =>
  path === 'request.url' &&
  typeof before === 'string' &&
  typeof after === 'string' &&
  before.split('?')[0] === after.split('?')[0]

function whatIs(place: Place): string {
  if (isQuery(place)) return 'the value of a query parameter'
  const { before } = place
  return `a secret${typeof before === 'string' ? ` (in a text of ${before.length} characters)` : ''}`
}

function placesIn(entry: CassetteEntry, redactor: Redactor): Place[] {
  const stored = entry.read()
  const exchange = fromInteraction(stored)
  const whole = (from: typeof exchange): Interaction => toInteraction(from, NO_MATCH, stored.id)
  return changes(whole(exchange), whole(redactor.exchange(exchange)), '')
}

/** The places in which two values differ, down to their leaves. */
function changes(before: unknown, after: unknown, path: string): Place[] {
  if (Object.is(before, after)) return []
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, before, after }]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => {
    const inside = Array.isArray(before) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
    return changes(Reflect.get(before, name), Reflect.get(after, name), inside)
  })
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null
