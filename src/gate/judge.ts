import { createHash } from 'node:crypto'

import { compareDigests } from '../drift/compare.ts'
import type { Change, Digest, Rule } from '../drift/types.ts'
import { canonicalJson } from '../providers/json/canonical-json.ts'
import type { Axis, GateChange, GateRow } from './report.ts'

const AXIS_OF: Readonly<Record<Rule, Axis>> = {
  tool_calls: 'tools',
  json_shape: 'structure',
  choices: 'structure',
  body: 'structure',
  finish: 'finish',
  stream: 'finish',
  refusal: 'refusal',
  error: 'error',
  status: 'error',
  media: 'media',
  embeddings: 'embeddings',
  text: 'text',
  reasoning: 'text',
}

/** A value longer than this is cut in the report, in characters. */
const MAX_VALUE = 4000

export type Judged = Pick<GateRow, 'verdict' | 'reason' | 'changes' | 'notes' | 'answers' | 'model'>

/** The verdict over two recorded answers. */
export function judge(base: Digest | undefined, head: Digest | undefined, strictValues: boolean): Judged {
  if (base === undefined || head === undefined) {
    const side = base === undefined ? 'the base' : 'the head'
    return notCompared(`${side} has neither a response nor a failure`)
  }
  if (isCut(base) && isCut(head)) return notCompared('both recorded answers are cut off')
  const { verdict, changes } = compareDigests(base, head, { strictValues })
  return {
    verdict,
    changes: changes.map(withAxis),
    notes: verdict === 'identical' ? [] : notesOf(base, head),
  }
}

export const notCompared = (reason: string): Judged => ({
  verdict: 'not compared',
  reason,
  changes: [],
  notes: [],
})

/** A change as the report has it. */
export const withAxis = (change: Change): GateChange => ({
  ...change,
  axis: AXIS_OF[change.rule],
  hash: createHash('sha256')
    .update(canonicalJson([change.rule, change.before ?? null, change.after ?? null]))
    .digest('hex')
    .slice(0, 16),
  before: clipped(change.before),
  after: clipped(change.after),
})

const isCut = ({ choices }: Digest): boolean => choices.some(({ truncated }) => truncated)

function clipped(value: unknown): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE).toWellFormed()}…` : value
}

function notesOf(base: Digest, head: Digest): string[] {
  const notes: string[] = []
  const note = (name: string, before: number | null | undefined, after: number | null | undefined): void => {
    if (typeof before === 'number' && typeof after === 'number' && before !== after)
      notes.push(`${name} ${before} → ${after}`)
  }
  note('input tokens', base.usage?.input, head.usage?.input)
  note('output tokens', base.usage?.output, head.usage?.output)
  note('characters', lengthOf(base), lengthOf(head))
  return notes
}

const lengthOf = ({ choices }: Digest): number => choices.reduce((sum, { text }) => sum + text.length, 0)
