import { createHash } from 'node:crypto'

import { defined } from '../base/defined.ts'
import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import type { Digest } from '../drift/types.ts'
import { digestOf } from '../gate/recorded-response.ts'
import { isObject, type JsonValue } from '../providers/json/json.ts'
import { answerText } from './comparing/answer-text.ts'
import { answerApi } from './convert.ts'
import { latencyOf } from './questions.ts'

/** Where an answer of another model comes from: `metadata.lineage` of its cassette. */
export interface Lineage {
  /** The recording whose prompt was asked again. */
  readonly cassette: string
  readonly id: string
  readonly semantic_key: string
  readonly source_model?: string
  readonly source_api: string
  readonly target: string
  readonly provider: string
  readonly api: string
  /** Settings of the recorded request that the target does not have. */
  readonly left?: readonly string[]
}

/** A comparison that a model made: `metadata.judge` and `metadata.embedding`. */
export interface Compared {
  /** The id of its interaction in the same cassette. */
  readonly id: string
  readonly model: string
  readonly api: string
  /** Which two answers were compared. */
  readonly of: string
}

/** A cassette with the answer of another model, and what judges said of it. */
export interface KeptAnswer {
  readonly lineage: Lineage
  readonly judge?: Compared
  readonly embedding?: Compared
  readonly entry: CassetteEntry
  readonly entries: readonly CassetteEntry[]
  readonly digest: Digest
  readonly latencyMs: number
}

/** Reads a cassette that a migration wrote. `undefined`: it is not one, or has lost its answer. */
export function readKept(cassette: Cassette): KeptAnswer | undefined {
  const { entries, metadata } = cassette
  const [entry] = entries
  if (entry === undefined || !isObject(metadata) || !isObject(metadata['lineage'])) return undefined
  const lineage = metadata['lineage'] as unknown as Lineage
  const interaction = entry.read()
  const digest = digestOf(interaction, answerApi(lineage.api))
  if (digest === undefined || !digest.ok) return undefined
  return {
    lineage,
    entry,
    entries,
    digest,
    latencyMs: latencyOf(interaction),
    ...defined({ judge: comparedOf(metadata['judge']), embedding: comparedOf(metadata['embedding']) }),
  }
}

const comparedOf = (value: JsonValue | undefined): Compared | undefined =>
  isObject(value) && ['id', 'model', 'api', 'of'].every((name) => typeof value[name] === 'string')
    ? (value as unknown as Compared)
    : undefined

/** Tells one pair of answers from another: a comparison of other answers counts no more. */
export const pairOf = (recorded: Digest, answered: Digest): string =>
  createHash('sha256')
    .update(JSON.stringify([answerText(recorded), answerText(answered)]))
    .digest('hex')
    .slice(0, 16)

/** What the model that compared said; `undefined`: it compared other answers, or its interaction is gone. */
export function comparisonOf(
  kept: KeptAnswer,
  compared: Compared | undefined,
  pair: string,
): Digest | undefined {
  if (compared === undefined || compared.of !== pair) return undefined
  const entry = kept.entries.find(({ id }) => id === compared.id)
  return entry && digestOf(entry.read(), compared.api)
}

/** The folder of a target's answers: its name without characters that file systems do not take. */
export const targetFolder = (target: string): string =>
  target.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '_')
