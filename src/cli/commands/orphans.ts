import { existsSync, rmSync } from 'node:fs'
import { dirname, relative } from 'node:path'

import { defineCommand } from 'citty'

import { plural } from '../../reports/library/words.ts'
import { cassettePaths } from '../../storage/sources/cassette-files.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'

/** The ending that some runners need after the name of a test file. */
const TEST_FILE = /^(.*\.[cm]?[jt]sx?)(?:\.\w+)?$/

export const orphans = withExamples(
  ['orphans', 'orphans cassettes --yes'],
  defineCommand({
    meta: {
      name: 'orphans',
      description:
        'Lists the cassettes of test runners whose test file is gone: a folder below cassettes has the name of a test file that does not exist. ' +
        'Call it in the folder of package.json. A cassette whose test was only renamed is found by a test run with CASSETTE_ORPHANS=1. ' +
        '--yes removes them. The exit code is 1 if there is one.',
    },
    args: {
      folder: {
        type: 'positional',
        required: false,
        description: 'the folder of the cassettes (default: CASSETTE_DIR, or cassettes)',
      },
      yes: { type: 'boolean', description: 'remove the files' },
      json: { type: 'boolean', description: 'print the list as JSON' },
    },
    run({ args }): CommandResult {
      const folder = args.folder ?? (process.env['CASSETTE_DIR'] || 'cassettes')
      const found = cassettePaths([folder]).flatMap((path) => {
        const [, testFile] = TEST_FILE.exec(relative(folder, dirname(path))) ?? []
        return testFile === undefined || existsSync(testFile) ? [] : [{ path, testFile }]
      })
      if (args.yes) for (const { path } of found) rmSync(path)
      const exitCode = found.length > 0 && !args.yes ? EXIT.found : EXIT.fine
      if (args.json)
        return { exitCode, text: JSON.stringify({ orphans: found, removed: args.yes === true }, null, 2) }
      if (found.length === 0) return { exitCode, text: 'no orphans' }
      const head = `${plural(found.length, 'cassette')} ${args.yes ? 'removed' : 'whose test file is gone'}`
      return { exitCode, text: [head, ...found.map(({ path }) => `  ${path}`)].join('\n') }
    },
  }),
)
