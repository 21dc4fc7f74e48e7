import { existsSync, readFileSync } from 'node:fs'

import { VARIABLES } from '../../src/environment.ts'
import { renderCommands } from './commands-page.ts'
import { undocumentedCodes } from './codes.ts'
import { brokenLinks, missingFiles } from './links.ts'
import { readOptionTypes } from './option-types.ts'
import { renderOptions, undocumentedOptions } from './options-page.ts'
import { fromRoot, readPages, readSources } from './pages.ts'
import { undocumentedVariables } from './variables.ts'

export const OPTIONS_PAGE = 'docs/options.md'
export const COMMANDS_PAGE = 'docs/cli.md'

const exists = (path: string): boolean => existsSync(fromRoot(path))

/** Everything in which the documentation does not agree with itself or with the code, a line each. */
export async function checkDocs(): Promise<string[]> {
  const [pages, sources, types] = [readPages(), readSources(), readOptionTypes()]
  const page = (path: string): string => pages.get(path) ?? ''
  return [
    ...undocumentedOptions(types),
    ...stale(OPTIONS_PAGE, renderOptions(types)),
    ...stale(COMMANDS_PAGE, await renderCommands()),
    ...undocumentedVariables(sources, page('docs/environment.md'), VARIABLES),
    ...undocumentedCodes(sources, page('docs/errors.md'), VARIABLES),
    ...brokenLinks(pages, exists),
    ...missingFiles(pages, exists),
  ]
}

/** Whether a generated page is what the code says today. */
export function stale(page: string, rendered: string): string[] {
  const path = fromRoot(page)
  const written = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return written === rendered ? [] : [`${page} is stale: run npm run docs`]
}
