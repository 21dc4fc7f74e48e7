import { defined } from '../base/defined.ts'
import type { EntryText } from '../cassette/envelope.ts'
import { interactionText } from '../cassette/interaction-text.ts'
import { UnsayableError } from '../errors/unsayable-error.ts'
import { type AskingComparator, COMPARING } from '../migration/comparing/comparing.ts'
import type { WrittenRequest } from '../migration/asking.ts'
import { answerApi } from '../migration/convert.ts'
import {
  type Compared,
  comparisonOf,
  type KeptAnswer,
  type Lineage,
  pairOf,
  readKept,
} from '../migration/kept-answer.ts'
import type { Found, Question, Skipped, Source } from '../migration/questions.ts'
import { requestFor } from '../migration/request-for.ts'
import type { AnswerFolder } from '../storage/output/answers.ts'
import type { Asked, Asker, Target } from './asker.ts'
import { each } from './each.ts'

/** A row that got no answer, or no judgement. */
export interface Failure extends Source {
  readonly reason: string
}

/** What a migration has done so far. */
export interface Progress {
  /** Rows whose answer came from the target now. */
  asked: number
  /** Rows whose answer an earlier run kept. */
  kept: number
  /** Rows that are left because the budget is used up. */
  left: number
  readonly skipped: Skipped[]
  readonly failed: Failure[]
  readonly unreadable: string[]
}

export interface MigrateOptions {
  readonly asker: Asker
  readonly target: Target
  readonly folder: AnswerFolder
  /** Who compares answers; absent: nobody. */
  readonly judge?: Target
  readonly embedding?: Target
  readonly concurrency: number
  /** Called after each row. */
  onRow(progress: Progress): void
}

/**
 * Asks the target each prompt of a corpus that it has not answered yet, and keeps its answers. A failed call is not kept, so the
 * next run asks it again.
 */
export async function migrate(questions: Iterable<Found>, options: MigrateOptions): Promise<Progress> {
  const progress: Progress = { asked: 0, kept: 0, left: 0, skipped: [], failed: [], unreadable: [] }
  const migration = new Migration(options, progress)
  await each(questions, options.concurrency, async (found) => {
    if (found.kind === 'unreadable') progress.unreadable.push(found.message)
    else if (found.kind === 'skipped') progress.skipped.push(found)
    else await migration.row(found)
    options.onRow(progress)
  })
  return progress
}

type Compares = Partial<Readonly<Record<AskingComparator, Compared>>>

class Migration {
  readonly #options: MigrateOptions
  readonly #progress: Progress
  #isStopped = false

  constructor(options: MigrateOptions, progress: Progress) {
    this.#options = options
    this.#progress = progress
  }

  async row(question: Question): Promise<void> {
    const { target } = this.#options
    let written: WrittenRequest
    try {
      written = requestFor(question, target.provider, target.model)
    } catch (error) {
      if (!(error instanceof UnsayableError)) throw error
      const { cassette, id, title, category } = question
      this.#progress.skipped.push({
        kind: 'skipped',
        cassette,
        id,
        title,
        ...defined({ category }),
        reason: error.message,
      })
      return
    }
    const kept = this.#kept(question, written)
    const answer = kept ?? (await this.#ask(question, written))
    if (answer === undefined) return
    this.#progress[kept === undefined ? 'asked' : 'kept'] += 1
    await this.#compare(question, answer)
  }

  /** The answer of an earlier run, if it answers this very request. */
  #kept(question: Question, written: WrittenRequest): KeptAnswer | undefined {
    const { asker, folder, target } = this.#options
    const cassette = folder.load(question.key)
    const kept = cassette && readKept(cassette)
    return kept && kept.entry.match?.key === asker.matchOf(written, target).key ? kept : undefined
  }

  async #ask(question: Question, written: WrittenRequest): Promise<KeptAnswer | undefined> {
    const { target } = this.#options
    const { api } = target.provider
    const asked = await this.#send(target, written, { api: answerApi(api), question })
    if (asked === undefined) return undefined
    const lineage: Lineage = {
      cassette: question.cassette,
      id: question.id,
      semantic_key: question.semanticKey,
      ...defined({ source_model: question.facts.model }),
      source_api: question.facts.api,
      target: target.model,
      provider: target.provider.name,
      api,
      ...(written.left.length === 0 ? {} : { left: written.left }),
    }
    return this.#save(question.key, { lineage }, [interactionText(asked.interaction)])
  }

  async #compare(question: Question, answer: KeptAnswer): Promise<void> {
    const pair = pairOf(question.digest, answer.digest)
    let kept = answer
    for (const name of ['judge', 'embedding'] as const) {
      const by = this.#options[name]
      if (by === undefined || !isNew(kept, name, by, pair)) continue
      const comparing = COMPARING[name]
      const { api, written } = comparing.request(question, answer, by.provider, by.model)
      const asked = await this.#send(by, written, { api, question, kept })
      if (asked === undefined) continue
      const wrong = comparing.problem(asked.digest)
      const { interaction } = asked
      if (wrong !== undefined) this.#fail(question, `${by.model} ${wrong}`)
      else {
        const compared = { id: interaction.id, model: by.model, api, of: pair }
        kept = this.#add(question.key, kept, { [name]: compared }, interactionText(interaction))
      }
    }
  }

  /** Adds what a model said of an answer to its cassette. What it said of an earlier answer goes. */
  #add(key: string, kept: KeptAnswer, compared: Compares, text: string): KeptAnswer {
    const { embedding, entry, entries, judge, lineage } = kept
    const all = { ...defined({ judge, embedding }), ...compared }
    const used = new Set([entry.id, ...Object.values(all).map(({ id }) => id)])
    const texts = entries.filter(({ id }) => used.has(id)).map((one) => one.text)
    return this.#save(key, { lineage, ...all }, [...texts, text]) ?? kept
  }

  #save(
    key: string,
    metadata: Readonly<Record<string, unknown>>,
    texts: readonly EntryText[],
  ): KeptAnswer | undefined {
    const { folder } = this.#options
    folder.save(key, metadata, texts)
    const saved = folder.load(key)
    return saved && readKept(saved)
  }

  async #send(
    target: Target,
    written: WrittenRequest,
    about: { readonly api: string; readonly question: Question; readonly kept?: KeptAnswer },
  ): Promise<(Asked & { kind: 'answered' }) | undefined> {
    const { api, kept, question } = about
    if (this.#isStopped) {
      this.#progress.left += 1
      return undefined
    }
    const taken = new Set(kept?.entries.map(({ id }) => id))
    const output = question.facts.usage?.output ?? 500
    const asked = await this.#options.asker.ask(target, { written, api, output, taken })
    if (asked.kind === 'answered') return asked
    if (asked.kind === 'failed') this.#fail(question, asked.reason)
    else {
      this.#isStopped = true
      this.#progress.left += 1
    }
    return undefined
  }

  #fail({ cassette, id, title, category }: Question, reason: string): void {
    this.#progress.failed.push({ cassette, id, title, ...defined({ category }), reason })
  }
}

const isNew = (kept: KeptAnswer, name: AskingComparator, by: Target, pair: string): boolean =>
  kept[name]?.model !== by.model || comparisonOf(kept, kept[name], pair) === undefined
