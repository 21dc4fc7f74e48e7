import { tableRows, type Texts } from './pages.ts'

const READ =
  /\benv(?:\[['"]([A-Z][A-Z0-9_]*)['"]\]|\.([A-Z][A-Z0-9_]*)\b)|\{([^{}]*)\}\s*=\s*(?:process\.)?env\b/g

/** The environment variables that a source reads by name. */
function readBy(source: string): string[] {
  return [...source.matchAll(READ)].flatMap(([, keyed, dotted, destructured]) =>
    destructured === undefined
      ? [keyed ?? dotted ?? '']
      : [...destructured.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)].map(([name]) => name),
  )
}

/** Holds the tables of `docs/environment.md` against the list of the code and against what the code reads. */
export function undocumentedVariables(sources: Texts, page: string, variables: readonly string[]): string[] {
  const named = new Set(
    tableRows(page).flatMap(([cell = '']) =>
      [...cell.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map(([, name]) => name ?? ''),
    ),
  )
  const problems = variables
    .filter((name) => !named.has(name))
    .map((name) => `docs/environment.md: the variable ${name} of src/environment.ts is not documented`)
  for (const name of named)
    if (name.startsWith('CASSETTE_') && !variables.includes(name))
      problems.push(`docs/environment.md: ${name} is not a variable of src/environment.ts`)
  for (const [path, source] of sources)
    for (const name of new Set(readBy(source))) {
      if (name.startsWith('CASSETTE_') && !variables.includes(name))
        problems.push(`${path}: the variable ${name} is not in src/environment.ts`)
      else if (!named.has(name) && !variables.includes(name))
        problems.push(`${path}: the variable ${name} is not documented in docs/environment.md`)
    }
  return problems
}
