/** `npm run docs` writes the generated pages; with `--check` it says what is wrong with all pages, and ends with 1. */
import { writeFileSync } from 'node:fs'

import { checkDocs, COMMANDS_PAGE, OPTIONS_PAGE } from './docs/check.ts'
import { renderCommands } from './docs/commands-page.ts'
import { readOptionTypes } from './docs/option-types.ts'
import { renderOptions } from './docs/options-page.ts'
import { fromRoot } from './docs/pages.ts'

if (process.argv.includes('--check')) {
  const problems = await checkDocs()
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
} else {
  writeFileSync(fromRoot(OPTIONS_PAGE), renderOptions(readOptionTypes()))
  writeFileSync(fromRoot(COMMANDS_PAGE), await renderCommands())
}
