import { createHash } from 'node:crypto'

import { defined } from '../base/defined.ts'
import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { fromInteraction, requestFromInteraction } from '../cassette/convert.ts'
import type { Interaction } from '../cassette/interaction.ts'
import type { Digest } from '../drift/types.ts'
import { CassetteError } from '../errors/cassette-error.ts'
import { fingerprintOfCanonical } from '../fingerprint/fingerprint.ts'
import { titleOf } from '../gate/recording.ts'
import { type Facts, factsOf, saidBy, type Said } from '../library/facts.ts'
import { canonicalJson } from '../providers/json/canonical-json.ts'
import { isObject, type JsonValue, parseJson } from '../providers/json/json.ts'
import { earlierIn } from './earlier.ts'
import type { Earlier } from './reading/responses.ts'

/** Where a recording is. */
export interface Source {
  /** The path of the cassette below the corpus. */
  readonly cassette: string
  readonly id: string
  /** Method, host and path. */
  readonly title: string
  /** `metadata: {category}` of the cassette. */
  readonly category?: string
}

/** A prompt that was recorded, and the answer to compare with. */
export interface Question extends Source {
  readonly kind: 'question'
  /** The name of the file that keeps the other model's answer. It depends on the prompt only. */
  readonly key: string
  readonly semanticKey: string
  readonly host: string
  readonly facts: Facts
  readonly digest: Digest
  /** From the request to the end of the answer, ms. */
  readonly latencyMs: number
  readonly body: JsonValue | undefined
  readonly earlier: Earlier
}

/** A recording that cannot be asked again. */
export interface Skipped extends Source {
  readonly kind: 'skipped'
  /** Without a dot at its end. */
  readonly reason: string
}

/** A cassette, or an interaction in it, that could not be read. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly message: string
}

export type Found = Question | Skipped | Unreadable

export interface NamedCassette {
  readonly name: string
  /** Throws a `CassetteError` if the file cannot be read. */
  open(): Cassette
}

/**
 * The prompts of a corpus, each once: recordings with the same semantic key and the same form of answer are one prompt, and the
 * first good answer is the one to compare with. One cassette is in memory at a time. Requests that ask no model are left out.
 */
export function* questionsIn(cassettes: Iterable<NamedCassette>): Generator<Found, void, void> {
  const asked = new Set<string>()
  const bad = new Map<string, Skipped>()
  for (const cassette of cassettes)
    for (const found of ofCassette(cassette)) {
      if (found.kind === 'unreadable') yield found
      else if (found.kind === 'skipped') {
        if (!asked.has(found.key) && !bad.has(found.key)) bad.set(found.key, found)
      } else if (!asked.has(found.key)) {
        asked.add(found.key)
        bad.delete(found.key)
        yield found
      }
    }
  yield* bad.values()
}

type Keyed = Question | (Skipped & { readonly key: string }) | Unreadable

function* ofCassette(named: NamedCassette): Generator<Keyed, void, void> {
  try {
    const cassette = named.open()
    const { metadata } = cassette
    // An answer that an earlier migration kept.
    if (isObject(metadata) && isObject(metadata['lineage'])) return
    const category =
      isObject(metadata) && typeof metadata['category'] === 'string' ? metadata['category'] : undefined
    const earlier = earlierIn(cassette)
    for (const entry of cassette.entries) {
      const found = ofEntry(entry, { cassette: named.name, ...defined({ category }) }, earlier)
      if (found !== undefined) yield found
    }
  } catch (error) {
    // A URL that is not absolute is a TypeError.
    if (!(error instanceof CassetteError || error instanceof TypeError)) throw error
    yield { kind: 'unreadable', message: error.message }
  }
}

function ofEntry(
  entry: CassetteEntry,
  place: Pick<Source, 'cassette' | 'category'>,
  earlier: Earlier,
): Keyed | undefined {
  const said = saidBy(entry)
  if (said.canonical.op !== 'chat') return undefined
  const source = { ...place, id: entry.id, title: titleOf(entry) }
  const request = requestFromInteraction(said.interaction.request)
  const { semanticKey } = fingerprintOfCanonical(said.canonical)
  const key = fileKey(semanticKey, said)
  const { digest } = said
  const reason = badAnswer(said)
  if (reason !== undefined || digest === undefined)
    return { kind: 'skipped', ...source, key, reason: reason ?? 'it has no answer' }
  return {
    kind: 'question',
    ...source,
    key,
    semanticKey,
    host: URL.parse(entry.url)?.hostname ?? '',
    facts: factsOf(entry, said),
    digest,
    latencyMs: latencyOf(said.interaction),
    body: request.body === null ? undefined : parseJson(Buffer.from(request.body).toString('utf8'))?.value,
    earlier,
  }
}

function fileKey(semanticKey: string, { canonical }: Said): string {
  const format = canonical['response_format']
  const start = semanticKey.slice(0, 16)
  if (format === undefined) return start
  return `${start}-${createHash('sha256').update(canonicalJson(format)).digest('hex').slice(0, 8)}`
}

/** Why a recorded answer is nothing to compare with. */
function badAnswer({ digest, interaction }: Said): string | undefined {
  if (digest === undefined) return 'it has no answer'
  if (!digest.ok) return `the recorded answer is an error (${digest.error?.type ?? digest.status})`
  if (interaction.incomplete === true || digest.choices.some(({ truncated }) => truncated))
    return 'the recorded answer is cut off'
  return digest.choices.length === 0 ? 'the recorded answer says nothing' : undefined
}

/** From the request to the end of the answer, ms, as far as the delays are recorded. */
export function latencyOf(interaction: Interaction): number {
  const { response } = fromInteraction(interaction)
  return (response?.delayMs ?? 0) + (response?.chunks ?? []).reduce((sum, { delayMs }) => sum + delayMs, 0)
}
