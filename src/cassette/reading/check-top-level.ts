import { defined } from '../../base/defined.ts'
import type { CassetteFormatError } from '../../errors/cassette-format-error.ts'
import { describe } from './check-interaction.ts'
import type { KeyLines } from '../envelope.ts'
import { refuseOpenEnd } from './read-item.ts'
import { formatError, type SourceText } from '../yaml/source-text.ts'
import { readYaml, type ValuePath, type YamlTree } from '../yaml/tree.ts'

export interface TopLevel {
  readonly incomplete: boolean
  readonly metadata: unknown
  readonly version: KeyLines
  readonly incompleteMark?: KeyLines & { readonly value: boolean }
}

/** The only version so far. */
const VERSION = 1

/** The beginning of a file without keys of the user, as the writer writes it. It needs no parser. */
const USUAL_HEAD = /^(version: 1\n)(incomplete: true\n)?interactions:(?: \[\])?\n$/

/**
 * Reads the top level of a file whose items are left out.
 * @param headLength the offset in the text where the items were
 * @throws {CassetteFormatError}
 */
export function readTopLevel(source: SourceText, headLength: number): TopLevel {
  const usual = USUAL_HEAD.exec(source.text)
  if (usual !== null) return usualTopLevel(usual)
  const tree = readYaml(source, 'mapping', () => false)
  const { version, incomplete, metadata } = checkTopLevel(source, tree)
  refuseOpenEnd(source, tree)
  const mark = incomplete === undefined ? undefined : keyLines(source, tree, ['incomplete'], headLength)
  return {
    incomplete: incomplete === true,
    metadata,
    version:
      version === undefined
        ? { in: 'head', start: 0, end: 0 }
        : keyLines(source, tree, ['version'], headLength),
    ...defined({ incompleteMark: mark && { ...mark, value: incomplete === true } }),
  }
}

export interface TopLevelValues {
  readonly version: number | undefined
  readonly incomplete: boolean | undefined
  readonly metadata: unknown
  readonly interactions: unknown
}

/** @throws {CassetteFormatError} if it is not a mapping, has no version or a newer one, or has a value of a wrong type */
export function checkTopLevel(source: SourceText, tree: YamlTree): TopLevelValues {
  const { value } = tree
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const start = tree.start
    throw formatError(source, start, 'a mapping with version and interactions', describe(value))
  }
  const top = value as Readonly<Record<string, unknown>>
  const get = (key: string): unknown => (Object.hasOwn(top, key) ? top[key] : undefined)
  const problem = (key: string, expected: string, found: string): CassetteFormatError =>
    formatError(source, tree.offsetOf([key]), expected, found)
  const [version, incomplete, interactions] = [get('version'), get('incomplete'), get('interactions')]
  if (version === undefined) throw problem('version', '"version: 1" at the top level', 'no version')
  if (typeof version === 'number' && version > VERSION) {
    throw problem(
      'version',
      `version ${VERSION} (a newer release of cassette wrote this)`,
      `version ${version}`,
    )
  }
  if (version !== VERSION) throw problem('version', `version ${VERSION}`, describe(version))
  if (incomplete !== undefined && typeof incomplete !== 'boolean') {
    throw problem('incomplete', 'true or false', describe(incomplete))
  }
  if (interactions !== undefined && interactions !== null && !Array.isArray(interactions)) {
    throw problem('interactions', 'a list of interactions', describe(interactions))
  }
  return { version, incomplete, metadata: get('metadata'), interactions }
}

/** The lines of a key of a block mapping and its value. */
export function keyLines(source: SourceText, tree: YamlTree, path: ValuePath, headLength: number): KeyLines {
  const { text } = source
  const key = tree.offsetOf(path, 'key')
  const start = text.lastIndexOf('\n', key - 1) + 1
  const lineEnd = text.indexOf('\n', tree.offsetOf(path))
  const end = lineEnd === -1 ? text.length : lineEnd + 1
  return start < headLength
    ? { in: 'head', start, end: Math.min(end, headLength) }
    : { in: 'tail', start: start - headLength, end: end - headLength }
}

function usualTopLevel([, version = '', incomplete]: RegExpExecArray): TopLevel {
  const lines: KeyLines = { in: 'head', start: 0, end: version.length }
  if (incomplete === undefined) return { incomplete: false, metadata: undefined, version: lines }
  const mark: KeyLines = { in: 'head', start: version.length, end: version.length + incomplete.length }
  return { incomplete: true, metadata: undefined, version: lines, incompleteMark: { ...mark, value: true } }
}
