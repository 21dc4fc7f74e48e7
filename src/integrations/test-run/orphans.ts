import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { cassetteFolder, fileFolder, testFileOf } from './names.ts'
import { SNAPSHOT_ENDING, snapshotPath } from '../../snapshot/file.ts'
import { printLine } from '../../session/process/stderr.ts'

/** The cassettes that were opened, and those of the tests that ran. */
const opened = new Set<string>()
const run = new Set<string>()

export const noteOpened = (path: string): void => void opened.add(path)
export const noteRun = (path: string): void => void run.add(path)

const cassettesIn = (folder: string): string[] => filesIn(folder, '.yaml')

const filesIn = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(ending))
        .map((name) => join(folder, name))
        .toSorted()
    : []

/**
 * Lists the cassettes of a test file that none of its tests used. Cassettes of deleted test files are listed with the
 * first file that has cassettes, so that only one of many processes lists them.
 * @param defined the cassettes of all tests in the file, even of those that did not run
 */
export function orphansOf(file: string, defined: Iterable<string>): string[] {
  const notRun = new Set([...defined].filter((path) => !run.has(path)))
  const unused = cassettesIn(fileFolder(file)).filter((path) => !opened.has(path) && !notRun.has(path))
  const others = cassettesIn(cassetteFolder()).flatMap((path) => {
    const owner = testFileOf(dirname(path))
    return owner === undefined ? [] : [{ path, owner, lost: !existsSync(owner) }]
  })
  const isFirst = others.find(({ lost }) => !lost)?.owner === relative(process.cwd(), file)
  return isFirst ? [...unused, ...others.filter(({ lost }) => lost).map(({ path }) => path)] : unused
}

/**
 * The files of LLM snapshots that belong to no test of a file.
 * @param defined the cassettes of all tests in the file, even of those that did not run
 */
function lostSnapshots(file: string, defined: Iterable<string>): string[] {
  const known = new Set([...defined, ...run].map(snapshotPath))
  const folder = fileFolder(file)
  return filesIn(folder, SNAPSHOT_ENDING).filter((path) => dirname(path) === folder && !known.has(path))
}

/** Lists files of LLM snapshots whose tests are gone on stderr. Deletes nothing. */
function printLostSnapshots(paths: readonly string[]): void {
  if (paths.length > 0)
    printLine(
      ['cassette: no test has these LLM snapshots any more', ...paths.map((path) => `  ${path}`)].join('\n'),
    )
}

export const orphansWanted = (): boolean =>
  !['', '0', 'false'].includes(process.env['CASSETTE_ORPHANS'] ?? '') ||
  process.argv.includes('--cassette-orphans')

/** Lists unused cassettes on stderr. Deletes nothing. */
export function printOrphans(paths: readonly string[]): void {
  if (paths.length === 0) return
  const noun = paths.length === 1 ? 'cassette was' : 'cassettes were'
  printLine(
    [`cassette: ${paths.length} ${noun} used by no test`, ...paths.map((path) => `  ${path}`)].join('\n'),
  )
}

/**
 * Lists on stderr what no test of these files uses any more: LLM snapshots, and cassettes if that is wanted. Deletes nothing.
 * @param files for each test file, the cassettes of all its tests, even of those that did not run
 */
export function printLeftovers(files: Iterable<readonly [file: string, defined: Iterable<string>]>): void {
  const all = [...files]
  printLostSnapshots(all.flatMap(([file, defined]) => lostSnapshots(file, defined)))
  if (orphansWanted()) printOrphans(all.flatMap(([file, defined]) => orphansOf(file, defined)))
}
