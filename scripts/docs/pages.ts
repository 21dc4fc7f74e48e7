import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The texts of files, by their paths from the repository's root. */
export type Texts = ReadonlyMap<string, string>

export const fromRoot = (path: string): string => join(ROOT, path)

export function readTexts(...patterns: readonly string[]): Texts {
  const paths = globSync([...patterns], { cwd: ROOT, exclude: ['node_modules/**', '**/node_modules/**'] })
  return new Map(
    paths.toSorted().map((path) => [path.replaceAll('\\', '/'), readFileSync(fromRoot(path), 'utf8')]),
  )
}

/** Every page of documentation. */
export const readPages = (): Texts =>
  readTexts('*.md', 'docs/**/*.md', 'test/**/*.md', 'examples/**/*.md', 'bench/*.md')

export const readSources = (): Texts => readTexts('src/**/*.ts')

/** A page without its blocks of code. */
export const proseOf = (page: string): string => page.replaceAll(/^(```+)[^]*?^\1[ \t]*$/gm, '')

/** The rows of a page's tables, cell by cell; those of a table's head come too. */
export function tableRows(page: string): string[][] {
  return proseOf(page)
    .split('\n')
    .filter((line) => /^\|.*\|\s*$/.test(line) && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
}

/** The texts of a page's headings. */
export function headingsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#{1,6} +(.+?)[ #]*$/gm)].map(([, text]) => text ?? '')
}
