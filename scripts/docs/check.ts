import { existsSync, readFileSync } from 'node:fs'

import { VARIABLES } from '../../src/environment.ts'
import { undocumentedCodes } from './codes.ts'
import { brokenLinks, missingFiles } from './links.ts'
import { readOptionTypes } from './option-types.ts'
import { renderOptions, undocumentedOptions } from './options-page.ts'
import { fromRoot, readPages, readSources } from './pages.ts'
import { undocumentedVariables } from './variables.ts'

export const OPTIONS_PAGE = 'docs/options.md'

const exists = (path: string): boolean => existsSync(fromRoot(path))

/** Everything in which the documentation does not agree with itself or with the code, a line each. */
export function checkDocs(): string[] {
  const [pages, sources, types] = [readPages(), readSources(), readOptionTypes()]
  const page = (path: string): string => pages.get(path) ?? ''
  return [
    ...undocumentedOptions(types),
    ...staleOptions(renderOptions(types)),
    ...undocumentedVariables(sources, page('docs/environment.md'), VARIABLES),
    ...undocumentedCodes(sources, page('docs/errors.md'), VARIABLES),
    ...brokenLinks(pages, exists),
    ...missingFiles(pages, exists),
  ]
}

/** Whether the page of the options is what the types say today. */
export function staleOptions(rendered: string): string[] {
  const path = fromRoot(OPTIONS_PAGE)
  const written = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return written === rendered ? [] : [`${OPTIONS_PAGE} is stale: run npm run docs`]
}
