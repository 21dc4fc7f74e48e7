import { headingsOf, type Texts } from './pages.ts'

/** Where an error or a warning is given its code. */
const GIVEN =
  /(?:\bsuper|\bnew [A-Z]\w*Error)\(\s*['"`](CASSETTE_[A-Z_]+)['"`]|\bcode: ['"`](CASSETTE_[A-Z_]+)['"`]/g

/**
 * Every code of an error or a warning needs its own heading in `docs/errors.md`, and every such heading needs a code.
 * Also reports names that look like a code but are neither a code nor a variable.
 */
export function undocumentedCodes(sources: Texts, page: string, variables: readonly string[]): string[] {
  const problems: string[] = []
  const headings = new Set(headingsOf(page).filter((text) => /^CASSETTE_[A-Z_]+$/.test(text)))
  const codes = new Set<string>()
  for (const [path, source] of sources) {
    const given = [...source.matchAll(GIVEN)].map(([, first, second]) => first ?? second ?? '')
    const written = [...source.matchAll(/\bCASSETTE_[A-Z_]*[A-Z]\b/g)].map(([name]) => name)
    const missing = new Set([
      ...given.filter((code) => !headings.has(code)),
      ...written.filter((name) => !headings.has(name) && !variables.includes(name)),
    ])
    for (const code of missing)
      problems.push(
        given.includes(code)
          ? `${path}: the code ${code} has no heading in docs/errors.md`
          : `${path}: ${code} is neither a variable of src/environment.ts nor a heading of docs/errors.md`,
      )
    for (const code of [...given, ...written]) codes.add(code)
  }
  for (const heading of headings)
    if (!codes.has(heading)) problems.push(`docs/errors.md: nothing in src has the code ${heading}`)
  return problems
}
