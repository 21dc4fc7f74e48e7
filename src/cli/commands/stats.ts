import { defineCommand } from 'citty'

import { colorsFor } from '../../colors.ts'
import { statisticsOf } from '../../library/statistics.ts'
import { renderStatistics } from '../../reports/library/statistics.ts'
import { namesOf, pricesOf, readAll } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'

export const stats = withExamples(
  ['stats', 'stats cassettes/chat.yaml', 'stats cassettes --prices prices.json --json'],
  defineCommand({
    meta: {
      name: 'stats',
      description:
        'Counts interactions by model and API, streams, errors, size, dates and tokens, and tells what each replay saves: calls, ' +
        'waiting, tokens, money. The exit code is 3 if a file could not be read.',
    },
    args: {
      names: {
        type: 'positional',
        required: false,
        description: 'files, folders or patterns (default: CASSETTE_DIR, or cassettes)',
      },
      prices: {
        type: 'string',
        valueHint: 'FILE',
        description:
          'a price list: {"date": "2026-11-28", "models": {"gpt-5": {"input": 1.25, "output": 10}}}, in dollars for a million tokens',
      },
      json: { type: 'boolean', description: 'print the counts as JSON' },
    },
    run({ args }): CommandResult {
      const prices = pricesOf(args.prices)
      const { cassettes, problems } = readAll(namesOf(args._))
      const exitCode = problems.length > 0 ? EXIT.unreadable : EXIT.fine
      const statistics = statisticsOf(cassettes, prices)
      if (args.json) return { exitCode, text: JSON.stringify({ ...statistics, problems }, null, 2) }
      return { exitCode, text: renderStatistics(statistics, colorsFor(1)), problems }
    },
  }),
)
