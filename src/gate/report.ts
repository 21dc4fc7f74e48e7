import type { Change, Digest, Verdict } from '../drift/types.ts'

/** What the user sees of a rule. */
export type Axis = 'tools' | 'structure' | 'finish' | 'refusal' | 'error' | 'media' | 'embeddings' | 'text'

export const AXES: readonly Axis[] = [
  'tools',
  'structure',
  'finish',
  'refusal',
  'error',
  'media',
  'embeddings',
  'text',
]

export interface GateChange extends Change {
  readonly axis: Axis
  /** 16 hex digits of the rule and both values: another change in the same place has others. */
  readonly hash: string
  /** A person accepted this change, and why. */
  readonly accepted?: { readonly reason: string; readonly date: string }
}

/** One interaction of either side, or a pair of them. */
export interface GateRow {
  /** The path of the cassette file, relative to its side. */
  readonly cassette: string
  /** The id in the base; of an interaction that only the head has, the id there. */
  readonly id: string
  /** The id in the head, if it differs. */
  readonly headId?: string
  /** The cassette in the head, if it differs. */
  readonly headCassette?: string
  /** `POST api.openai.com/v1/chat/completions` */
  readonly title: string
  readonly verdict: Verdict | 'not compared'
  /** Why it was not compared. */
  readonly reason?: string
  /** Only one side has it. */
  readonly only?: 'base' | 'head'
  /** The line in the head's file (in the base's, if only the base has it), counted from 1. */
  readonly line?: number
  readonly changes: readonly GateChange[]
  /** The model that was asked, if the request names one. Only with `answers`. */
  readonly model?: string
  /** What both sides say, if they were asked for and differ. */
  readonly answers?: { readonly base?: Digest; readonly head?: Digest }
  /** Never judged: tokens and the length of the text, before and after. */
  readonly notes: readonly string[]
}

/** A file, or a whole side, that could not be read. */
export interface GateProblem {
  readonly side: 'base' | 'head'
  readonly cassette: string
  readonly message: string
}

export interface GateCounts {
  readonly identical: number
  readonly benign: number
  readonly regression: number
  /** Rows whose regressions a person accepted. */
  readonly accepted: number
  /** Only in the head, and allowed to be. */
  readonly added: number
  /** Only in the base, and told as missing. */
  readonly missing: number
  readonly notCompared: number
}

export interface GateReport {
  readonly verdict: Verdict | 'not measured'
  readonly base: string
  readonly head: string
  /** Where the cassettes of the head are: what stands before their names to find the file. */
  readonly root: string
  readonly counts: GateCounts
  /** In the order of the cassettes' names; an identical one has no changes. */
  readonly rows: readonly GateRow[]
  readonly problems: readonly GateProblem[]
  /** What `--runs` did, in words. */
  readonly runs?: string
}
