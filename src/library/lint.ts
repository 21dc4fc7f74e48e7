import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { quickRead } from '../cassette/yaml/quick-read.ts'
import { withoutDelays } from '../exchange/body/without-delays.ts'
import { RULES_VERSION } from '../fingerprint/fingerprint.ts'
import { lineOf } from '../gate/line-of.ts'
import { factsOf, saidBy, type Said } from './facts.ts'
import type { Finding } from './findings.ts'

export interface LintOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Recordings older than this many ms are stale. */
  readonly maxAgeMs?: number
}

/** What one rule says of an interaction. */
type Told = Pick<Finding, 'rule' | 'level' | 'message'>

/**
 * What is worth a look in a cassette.
 * @throws {CassetteFormatError} if an interaction cannot be read
 */
export function lintCassette(cassette: Cassette, options: LintOptions): Finding[] {
  const seen = new Map<string, string>()
  const ofFile: Told[] = cassette.incomplete
    ? [told('incomplete', 'warning', 'the run that recorded it did not end well: record it again')]
    : []
  return [
    ...ofFile.map((one) => ({ ...one, file: cassette.path, line: 1 })),
    ...cassette.entries.flatMap((entry, at) =>
      [...rulesOf(entry, options), ...duplicate(entry, seen)].map((one) => ({
        ...one,
        file: cassette.path,
        line: lineOf(cassette, at),
        id: entry.id,
      })),
    ),
  ]
}

const told = (rule: string, level: Told['level'], message: string): Told => ({ rule, level, message })

function rulesOf(entry: CassetteEntry, { now, maxAgeMs }: LintOptions): Told[] {
  const said = saidBy(entry)
  const facts = factsOf(entry, said)
  const { match } = entry
  const found: Told[] = []
  if (facts.incomplete)
    found.push(told('incomplete', 'warning', 'the response was cut off while it was recorded'))
  if (facts.failed)
    found.push(
      told(
        'recorded-error',
        'warning',
        `the answer is an error (${facts.status ?? 'no response'}): ask again if that is not wanted`,
      ),
    )
  if (maxAgeMs !== undefined && now - Date.parse(facts.recordedAt) > maxAgeMs)
    found.push(told('stale', 'warning', `recorded on ${facts.recordedAt.slice(0, 10)}`))
  if (match === undefined)
    found.push(told('no-key', 'note', 'it has no match key, which is computed at each run'))
  else if (match.v !== RULES_VERSION)
    found.push(told('old-key', 'note', `its key is of rules ${match.v}, and is computed again at each run`))
  if (quickRead(Buffer.from(entry.text as Uint8Array).toString('utf8')) === undefined)
    found.push(
      told('reformatted', 'note', 'it is not in the layout that cassette writes, so it opens slowly'),
    )
  const volatile = volatileText(said)
  if (volatile !== undefined)
    found.push(
      told(
        'volatile-text',
        'warning',
        `the request says ${JSON.stringify(volatile)}, the day of the recording: tomorrow it will miss`,
      ),
    )
  return found
}

/** Two recordings of one request with one answer, however fast each came: the second serves only a program that asks twice. */
function duplicate(entry: CassetteEntry, seen: Map<string, string>): Told[] {
  const { request, response, apart } = entry.read()
  if (response === undefined) return []
  const key = JSON.stringify([
    entry.match?.key ?? request,
    apart ?? null,
    response.status,
    response.body ? withoutDelays(response.body) : null,
  ])
  const first = seen.get(key)
  if (first === undefined) {
    seen.set(key, entry.id)
    return []
  }
  return [told('duplicate', 'note', `the same request with the same answer as ${first}`)]
}

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] // prettier-ignore

/** The day of the recording, as the text of a message writes it. `undefined`: no message does. */
function volatileText({ canonical, interaction }: Said): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)/.exec(interaction.recorded_at) ?? []
  const name = MONTHS[Number(month) - 1]
  if (name === undefined) return undefined
  const text = JSON.stringify(canonical)
  const number = String(Number(day))
  const written = [
    `${year}-${month}-${day}`,
    `${year}/${month}/${day}`,
    `${month}/${day}/${year}`,
    `${day}.${month}.${year}`,
    ...[name, name.slice(0, 3)].flatMap((one) => [
      `${one} ${number}, ${year}`,
      `${number} ${one} ${year}`,
      `${day} ${one} ${year}`,
    ]),
  ]
  return written.find((one) => text.includes(one))
}
