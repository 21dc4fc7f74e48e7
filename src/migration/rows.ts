import { defined } from '../base/defined.ts'
import { compareDigests } from '../drift/compare.ts'
import type { Digest, Verdict } from '../drift/types.ts'
import { withAxis } from '../gate/judge.ts'
import type { GateChange } from '../gate/report.ts'
import { costOf, type PriceList } from '../library/prices.ts'
import { canonicalJson } from '../providers/json/canonical-json.ts'
import { answerText } from './comparing/answer-text.ts'
import { cosine } from './comparing/embedding.ts'
import { similarity } from './comparing/fuzzy.ts'
import { type Judgement, readJudgement } from './comparing/judge.ts'
import { comparisonOf, type KeptAnswer, pairOf } from './kept-answer.ts'
import type { Question, Source } from './questions.ts'

export type Comparator = 'exact' | 'fuzzy' | 'structure' | 'embedding' | 'judge'
export const COMPARATORS: readonly Comparator[] = ['exact', 'fuzzy', 'structure', 'embedding', 'judge']
export const DEFAULT_COMPARATORS: readonly Comparator[] = ['exact', 'fuzzy', 'structure']

/** Answers that are less alike than this pass neither `fuzzy` nor `embedding`. */
const ALIKE = 0.8

export type Outcome = 'passed' | 'failed' | 'review' | 'skipped' | 'not asked' | 'not measured'

export interface Scores {
  readonly exact?: boolean
  /** From 0 to 1. */
  readonly fuzzy?: number
  readonly structure?: Verdict
  /** The cosine, from -1 to 1. */
  readonly embedding?: number
  readonly judge?: Judgement
}

interface Tokens {
  readonly input: number
  readonly output: number
}

/** One side of a row: the recorded answer, or the target's. */
export interface Side {
  readonly model?: string
  readonly tokens?: Tokens
  readonly latencyMs: number
  /** US dollars; absent: the model has no price. */
  readonly dollars?: number
}

/** One prompt: what the target made of it. */
export interface MigrationRow extends Source {
  readonly outcome: Outcome
  /** Why, if the scores do not tell it. */
  readonly reason?: string
  readonly scores: Scores
  /** What the rules of drift found. */
  readonly changes: readonly GateChange[]
  readonly recorded?: Side
  readonly target?: Side
  /** Settings that the target does not have. */
  readonly left: readonly string[]
  readonly answers?: { readonly base: Digest; readonly head: Digest }
}

/** A row without scores. */
export const plainRow = (source: Source, outcome: Outcome, reason?: string): MigrationRow => ({
  ...sourceOf(source),
  outcome,
  ...defined({ reason }),
  scores: {},
  changes: [],
  left: [],
})

const sourceOf = ({ cassette, id, title, category }: Source): Source => ({
  cassette,
  id,
  title,
  ...defined({ category }),
})

export interface MeasureOptions {
  readonly comparators: readonly Comparator[]
  readonly prices: PriceList
  /** Keep what both answers say. */
  readonly answers?: boolean
}

/** Compares the recorded answer with that of the target. */
export function measure(question: Question, kept: KeptAnswer, options: MeasureOptions): MigrationRow {
  const { comparators, prices } = options
  const [base, head] = [question.digest, kept.digest]
  const { changes, verdict } = compareDigests(base, head)
  const pair = pairOf(base, head)
  const judged = comparisonOf(kept, kept.judge, pair)
  const embedded = comparisonOf(kept, kept.embedding, pair)
  const all: Scores = {
    exact: isSame(base, head),
    fuzzy: similarity(answerText(base), answerText(head)),
    structure: verdict,
    ...defined({
      embedding: embedded?.vectors && cosine(embedded.vectors),
      judge: judged && readJudgement(judged),
    }),
  }
  const scores = Object.fromEntries(
    Object.entries(all).filter(([name]) => comparators.includes(name as Comparator)),
  )
  const missing = comparators.find((name) => !Object.hasOwn(scores, name))
  const { facts } = question
  return {
    ...sourceOf(question),
    ...outcomeOf(scores, missing),
    scores,
    changes: changes.map(withAxis),
    recorded: sideOf(facts.model, base, question.latencyMs, prices),
    target: sideOf(kept.lineage.target, head, kept.latencyMs, prices),
    left: kept.lineage.left ?? [],
    ...(options.answers === true ? { answers: { base, head } } : {}),
  }
}

const isSame = (a: Digest, b: Digest): boolean => canonicalJson(said(a)) === canonicalJson(said(b))

const said = ({ choices }: Digest): unknown =>
  choices.map(({ text, refusal, tool_calls }) => ({ text: text.trim(), refusal, tool_calls }))

/** The most telling comparator decides: a broken structure first, then the judge, embeddings, and last the wording. */
function outcomeOf(
  scores: Scores,
  missing: Comparator | undefined,
): Pick<MigrationRow, 'outcome' | 'reason'> {
  if (scores.structure === 'regression') return { outcome: 'failed' }
  if (missing !== undefined)
    return {
      outcome: 'not measured',
      reason: `${missing} was not measured: run cassette migrate with --compare ${missing}`,
    }
  if (scores.judge !== undefined) return { outcome: scores.judge.verdict === 'worse' ? 'failed' : 'passed' }
  if (scores.embedding !== undefined) return { outcome: scores.embedding < ALIKE ? 'review' : 'passed' }
  if (scores.structure !== undefined || scores.exact === true) return { outcome: 'passed' }
  return { outcome: (scores.fuzzy ?? 0) < ALIKE ? 'failed' : 'passed' }
}

function sideOf(model: string | undefined, { usage }: Digest, latencyMs: number, prices: PriceList): Side {
  const tokens = usage === null ? undefined : { input: usage.input ?? 0, output: usage.output ?? 0 }
  return { latencyMs, ...defined({ model, tokens, dollars: tokens && costOf(model, tokens, prices) }) }
}
