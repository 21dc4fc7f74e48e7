/** One import of a source file: `from './a.ts'`, `import 'a'`, `import('a')`. */
export interface Import {
  readonly specifier: string
  readonly typesOnly: boolean
  readonly line: number
}

const IMPORT =
  /^(?:import|export)\s+(?<type>type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'(?<from>[^']+)'|\bimport\(\s*'(?<lazy>[^']+)'\s*\)/gm

/** Reads the imports of a TypeScript file in the project's format: single quotes, and each statement begins a line. */
export function readImports(text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    specifier: match.groups?.['from'] ?? match.groups?.['lazy'] ?? '',
    typesOnly: match.groups?.['type'] !== undefined || /typeof\s+$/.test(text.slice(0, match.index)),
    line: text.slice(0, match.index).split('\n').length,
  }))
}
