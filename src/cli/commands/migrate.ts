import { defineCommand } from 'citty'

import { Asker, type Target } from '../../asking/asker.ts'
import { Budget } from '../../asking/budget.ts'
import { migrate as migrateAll, type Progress } from '../../asking/migrate.ts'
import { openSender } from '../../asking/sender.ts'
import { costOf } from '../../library/prices.ts'
import { questionsIn } from '../../migration/questions.ts'
import { createRedactor } from '../../redaction/redactor.ts'
import { answerFolder } from '../../storage/output/answers.ts'
import { pricesOf } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import {
  answersPath,
  comparatorsOf,
  corpusOf,
  migrationArgs,
  numberOf,
  providerOf,
  targetOf,
} from '../migration/options.ts'
import { showProgress } from '../migration/progress.ts'
import { migrationText } from '../migration/migration-text.ts'
import { readReport } from '../migration/read-report.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

const model = (what: string) => ({ type: 'string', valueHint: 'MODEL', description: what }) as const
const url = (what: string) =>
  ({
    type: 'string',
    valueHint: 'URL',
    description: `the base URL of ${what} (default: its provider's)`,
  }) as const

export const migrate = withExamples(
  [
    'migrate --corpus cassettes --target claude-sonnet-4-5',
    'migrate --corpus cassettes --target gpt-5-mini --budget-dollars 2 --compare exact,structure,judge --judge gpt-5',
    'migrate --corpus cassettes --target qwen3 --provider openai --base-url http://127.0.0.1:8000/v1',
  ],
  defineCommand({
    meta: {
      name: 'migrate',
      description:
        'Asks another model every recorded prompt, with the recorded context, also through another API, and keeps its answers as ' +
        'cassettes. Tools are not run: each turn goes on from what was recorded. A second run asks only what is new. The exit ' +
        'code is 3 if a row was not answered.',
    },
    args: {
      ...migrationArgs,
      'base-url': url('the target'),
      judge: model('the model that compares answers, with --compare judge (default: the target)'),
      'judge-provider': { type: 'string', valueHint: 'NAME', description: 'who serves the judge' },
      'judge-base-url': url('the judge'),
      embedding: model(
        'the model that makes embeddings, with --compare embedding (default: by the provider)',
      ),
      'embedding-provider': { type: 'string', valueHint: 'NAME', description: 'who serves the embeddings' },
      'embedding-base-url': url('the embeddings'),
      concurrency: { type: 'string', valueHint: 'N', description: 'how many requests at once (default: 8)' },
      retries: {
        type: 'string',
        valueHint: 'N',
        description: 'how often a request is sent again after a failure that may pass (default: 4)',
      },
      'budget-tokens': { type: 'string', valueHint: 'N', description: 'stop before more tokens are used' },
      'budget-dollars': { type: 'string', valueHint: 'N', description: 'stop before it costs more' },
      json: { type: 'boolean', description: 'print what was done as JSON' },
    },
    async run({ args }): Promise<CommandResult> {
      const provider = providerOf('--provider', args.provider, args.target, args['base-url'])
      const target = targetOf(args.target, provider, args['base-url'])
      const comparators = comparatorsOf(args.compare)
      const judge = comparators.includes('judge') ? judgeOf(args, target) : undefined
      const embedding = comparators.includes('embedding') ? embeddingOf(args, target) : undefined
      const concurrency = Math.floor(numberOf('--concurrency', args.concurrency, 1) ?? 8)
      const retries = Math.floor(numberOf('--retries', args.retries) ?? 4)
      const prices = pricesOf(args.prices)
      const tokens = numberOf('--budget-tokens', args['budget-tokens'])
      const dollars = numberOf('--budget-dollars', args['budget-dollars'])
      if (dollars !== undefined)
        for (const one of [target, judge, embedding])
          if (one && costOf(one.model, { input: 1, output: 1 }, prices) === undefined)
            throw new UsageError(
              `--budget-dollars: ${one.model} has no price. Give one with --prices FILE, or use --budget-tokens`,
            )
      const cassettes = corpusOf(args.corpus)
      const folder = answerFolder(answersPath(args.corpus, args.target, args.out))
      const budget = new Budget(
        { ...(tokens === undefined ? {} : { tokens }), ...(dollars === undefined ? {} : { dollars }) },
        prices,
      )
      const sender = openSender(retries)
      const progress = showProgress(() => budget.spent)
      let done: Progress
      try {
        const asker = new Asker({ sender, budget, redactor: createRedactor({ env: process.env }) })
        folder.note({ corpus: args.corpus, target: args.target, provider: provider.name })
        done = await migrateAll(questionsIn(cassettes), {
          asker,
          target,
          folder,
          ...(judge ? { judge } : {}),
          ...(embedding ? { embedding } : {}),
          concurrency,
          onRow: (state) => progress.show(state),
        })
      } finally {
        progress.end()
        await sender.close()
      }
      const report = readReport({
        corpus: args.corpus,
        cassettes,
        target: args.target,
        provider,
        folder,
        comparators,
        prices,
        answers: false,
      })
      const open = done.failed.length + done.left + done.unreadable.length
      const exitCode = open > 0 || report.verdict === 'not measured' ? EXIT.unreadable : EXIT.fine
      const about = { done, spent: budget.spent, report, folder: folder.path }
      return {
        exitCode,
        text: args.json
          ? JSON.stringify(
              {
                ...done,
                spent: about.spent,
                folder: folder.path,
                verdict: report.verdict,
                counts: report.counts,
              },
              null,
              2,
            )
          : migrationText(about),
      }
    },
  }),
)

interface Flags {
  readonly [name: string]: unknown
}

const textFlag = (args: Flags, name: string): string | undefined => {
  const value = args[name]
  return typeof value === 'string' ? value : undefined
}

/** The target judges, unless another model is named. */
function judgeOf(args: Flags, target: Target): Target {
  const name = textFlag(args, 'judge')
  if (name === undefined) return target
  return otherTarget('judge', name, args, target)
}

function embeddingOf(args: Flags, target: Target): Target {
  const name = textFlag(args, 'embedding') ?? target.provider.embeddingModel
  if (name === undefined)
    throw new UsageError(
      `${target.provider.name} makes no embeddings: name a model with --embedding, such as text-embedding-3-small`,
    )
  const found = otherTarget('embedding', name, args, target)
  if (found.provider.embeddingModel === undefined)
    throw new UsageError(`--embedding-provider: ${found.provider.name} makes no embeddings`)
  return found
}

/** Of the same provider and base URL as the target, if its name tells no other. */
function otherTarget(option: string, name: string, args: Flags, target: Target): Target {
  const [given, base] = [textFlag(args, `${option}-provider`), textFlag(args, `${option}-base-url`)]
  if (
    given === undefined &&
    base === undefined &&
    (textFlag(args, option) === undefined || textFlag(args, 'base-url') !== undefined)
  )
    return { ...target, model: name }
  return targetOf(name, providerOf(`--${option}-provider`, given, name, base), base)
}
