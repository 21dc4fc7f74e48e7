/**
 * `npm run reliability` measures what docs/trust.md says and writes the figures into the page. `--short` runs the short forms and
 * writes nothing. `--only NAME` runs one section. Ends with 1 if a promise is broken, and names it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { fromRoot } from './docs/pages.ts'
import { leaks } from './reliability/leaks.ts'
import { fill } from './reliability/page.ts'
import type { Section } from './reliability/section.ts'

const PAGE = 'docs/trust.md'
const SECTIONS: readonly Section[] = [leaks]

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const form = values.short ? 'short' : 'long'
for (const section of SECTIONS) {
  if (values.only !== undefined && values.only !== section.name) continue
  const { figures, broken } = await section.run(form)
  process.stdout.write(`${section.name}\n${figures}\n`)
  for (const promise of broken) process.stderr.write(`broken: ${section.name}: ${promise}\n`)
  if (broken.length > 0) process.exitCode = 1
  else if (form === 'long') {
    const path = fromRoot(PAGE)
    writeFileSync(path, fill(readFileSync(path, 'utf8'), section.name, figures))
  }
}
