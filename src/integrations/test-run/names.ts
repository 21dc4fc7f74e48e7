import { createHash } from 'node:crypto'
import { join, relative, sep } from 'node:path'

import { createRedactor, type Redactor } from '../../redaction/redactor.ts'

export interface TestName {
  /** Absolute. */
  readonly file: string
  /** The titles of the suites, the outermost first. */
  readonly suites: readonly string[]
  readonly title: string
  /** 1 for the first test of that name in the file, 2 for the second ... */
  readonly occurrence?: number
}

/** The longest file name, bytes. File systems allow 255, and `.recording.<run>.new` is appended to the name. */
const MAX_BYTES = 200
const EXTENSION = '.yaml'
/** Names that Windows reserves for devices. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** The folder of all cassettes, relative to the working directory. */
export const cassetteFolder = (): string => process.env['CASSETTE_DIR'] || 'cassettes'

/** The path of a test's cassette, relative to the working directory. */
export const cassettePath = (name: TestName): string => join(fileFolder(name.file), fileNameOf(name))

/** Counts tests whose cassettes would have the same name. Case does not count, because some file systems ignore it. */
export class Occurrences {
  readonly #seen = new Map<string, number>()

  /** @returns 1 for the first test of a name, 2 for the second ... */
  next(name: TestName): number {
    const key = cassettePath(name).toLowerCase()
    const occurrence = (this.#seen.get(key) ?? 0) + 1
    this.#seen.set(key, occurrence)
    return occurrence
  }
}

/** The folder of a test file's cassettes, relative to the working directory. */
export const fileFolder = (file: string): string =>
  join(cassetteFolder(), folderOf(file, process.cwd()) + folderEnding)

let folderEnding = ''

/** Appends an ending to folder names, for a runner that takes a folder with the name of a test file for a test file. */
export function endFoldersWith(ending: string): void {
  folderEnding = ending
}

/** The test file that a folder of cassettes belongs to; `undefined` if the name does not tell. */
export function testFileOf(folder: string): string | undefined {
  const file = relative(cassetteFolder(), folder)
  if (!file.endsWith(folderEnding)) return undefined
  const name = file.slice(0, file.length - folderEnding.length)
  return /\.[cm]?[jt]sx?$/.test(name) ? name : undefined
}

/** The folder of a test file's cassettes, relative to the folder of all cassettes: `test/api/users.test.ts`. */
export function folderOf(file: string, root: string): string {
  const path = relative(root, file).split(sep).join('/')
  const segments = path.split('/').map((part) => (part === '..' ? 'up' : slug(part)))
  const name = segments.join('/')
  // A hash tells the paths apart whose slugs are equal: files outside the root, and names with other characters.
  return name === path ? name : `${cut(name, MAX_BYTES - 9)}-${hash(path)}`
}

/**
 * The file name of a test's cassette: `outer suite--inner suite--test.yaml` with dashes for spaces. A hash is added if
 * the slug is not exactly the titles, so that no two tests share a name.
 */
export function fileNameOf({ suites, title, occurrence = 1 }: Omit<TestName, 'file'>): string {
  const titles = [...suites.filter((suite) => suite !== ''), title].map(withoutSecrets)
  const slugs = titles.map((text) => slug(text) || 'untitled')
  const exact = titles.every((text, i) => text === slugs[i]?.replaceAll('-', ' '))
  const name = slugs.join('--')
  const count = occurrence > 1 ? `--${occurrence}` : ''
  const fits = Buffer.byteLength(name + count + EXTENSION) <= MAX_BYTES
  if (exact && fits && !RESERVED.test(name)) return name + count + EXTENSION
  const tail = `-${hash(JSON.stringify(titles))}${count}${EXTENSION}`
  return cut(name, MAX_BYTES - Buffer.byteLength(tail)) + tail
}

let redactor: Redactor | undefined

/** A title may be made of a variable. Words alone are no secret. */
function withoutSecrets(title: string): string {
  if (!/[^\s]{8}/.test(title)) return title
  redactor ??= createRedactor({ env: process.env })
  return redactor.text(title)
}

/** Keeps letters, digits, `_`, inner `.` and single dashes, so that no name leads out of its folder. */
function slug(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}_.]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

/** Cuts a text to at most so many bytes of UTF-8, and never within a character. */
function cut(text: string, bytes: number): string {
  let kept = ''
  let size = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) return kept
    kept += character
  }
  return kept
}
