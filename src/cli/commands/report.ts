import { defineCommand } from 'citty'

import { colorsFor } from '../../colors.ts'
import { exitCodeOf } from '../../migration/report.ts'
import { REPORT_FORMATS } from '../../reports/migration/formats.ts'
import { answerFolder } from '../../storage/output/answers.ts'
import { pricesOf } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { answersPath, comparatorsOf, corpusOf, keptProvider, migrationArgs } from '../migration/options.ts'
import { readReport } from '../migration/read-report.ts'
import type { CommandResult } from '../result.ts'
import { UsageError } from '../usage.ts'

export const report = withExamples(
  [
    'report --corpus cassettes --target claude-sonnet-4-5',
    'report --corpus cassettes --target gpt-5-mini --compare structure,judge --strict',
    'report --corpus cassettes --target gpt-5-mini --format html > migration.html',
  ],
  defineCommand({
    meta: {
      name: 'report',
      description:
        'Tells what cassette migrate found: GO, REVIEW or NO-GO in the first line, then scores, tokens, latency and money by ' +
        'category, then the rows that somebody must look at. It reads files only. The exit code is 1 for a NO-GO, and 3 if ' +
        'rows were not asked or not measured.',
    },
    args: {
      ...migrationArgs,
      format: { type: 'string', valueHint: 'FORMAT', description: Object.keys(REPORT_FORMATS).join(', ') },
      json: { type: 'boolean', description: 'print the report as JSON (--format json)' },
      strict: { type: 'boolean', description: 'exit with 1 if any row failed' },
    },
    run({ args }): CommandResult {
      const name = args.format ?? (args.json ? 'json' : 'terminal')
      const render = Object.hasOwn(REPORT_FORMATS, name) ? REPORT_FORMATS[name] : undefined
      if (render === undefined)
        throw new UsageError(
          `unknown format ${JSON.stringify(name)}; use one of ${Object.keys(REPORT_FORMATS).join(', ')}`,
        )
      const folder = answerFolder(answersPath(args.corpus, args.target, args.out))
      const found = readReport({
        corpus: args.corpus,
        cassettes: corpusOf(args.corpus),
        target: args.target,
        provider: keptProvider(folder, args.provider, args.target),
        folder,
        comparators: comparatorsOf(args.compare),
        prices: pricesOf(args.prices),
        answers: name === 'html' || name === 'json',
      })
      return { exitCode: exitCodeOf(found, args.strict === true), text: render(found, colorsFor(1)) }
    },
  }),
)
