import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { Cassette } from './cassette.ts'
import type { Envelope } from './envelope.ts'
import { emitTopLevel } from './yaml/emit.ts'
import { sameValue } from './yaml/own-keys.ts'

/** Your own values at the top of a cassette, such as `{category: 'support'}`. JSON values. */
export type Metadata = Readonly<Record<string, unknown>>

/**
 * The cassette without its interactions, with values added to its `metadata`. Keys that are there already get the new value, and all
 * other lines of the file stay. Comments within the metadata are lost.
 * @throws {CassetteWriteError} if the file is in a layout in which the metadata cannot be replaced
 */
export function withMetadata(cassette: Cassette, added: Metadata): Cassette {
  const { envelope, path } = cassette
  const before = isMapping(cassette.metadata) ? cassette.metadata : {}
  const metadata = { ...before, ...added }
  const lines = emitTopLevel({ metadata }).replaceAll('\n', envelope.eol)
  const text = replaced(envelope, lines, cassette.metadata !== undefined)
  const problem = {
    path,
    problem: 'its metadata is not in lines of its own: write "metadata:" at the beginning of a line',
  }
  if (text === undefined) throw new CassetteWriteError(problem)
  const changed = Cassette.parse(Buffer.from(text), path)
  if (!sameValue(changed.metadata, metadata)) throw new CassetteWriteError(problem)
  return changed
}

/** Whether a cassette has these values already. */
export const hasMetadata = ({ metadata }: Cassette, wanted: Metadata): boolean =>
  Object.keys(wanted).length === 0 ||
  (isMapping(metadata) &&
    Object.entries(wanted).every(
      ([name, value]) => Object.hasOwn(metadata, name) && sameValue(metadata[name], value),
    ))

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The key, and the lines below it that are indented, empty or comments. A comment at the end belongs to the next key. */
const METADATA = /^(?:metadata|"metadata"|'metadata')[ \t]*:.*(?:\r?\n|$)(?:(?:[ \t]+.*|[ \t]*)(?:\r?\n|$))*/m

/** The text of the file without interactions; `undefined`: the lines of the metadata were not found. */
function replaced(
  { head, restOfLine, tail, version }: Envelope,
  lines: string,
  isThere: boolean,
): string | undefined {
  const parts = { head, tail }
  if (isThere) {
    const part = METADATA.test(head) ? 'head' : METADATA.test(tail) ? 'tail' : undefined
    if (part === undefined) return undefined
    parts[part] = parts[part].replace(METADATA, () => lines)
  } else {
    const before = parts[version.in].slice(0, version.end)
    parts[version.in] = before + lines + parts[version.in].slice(version.end)
  }
  return `${parts.head} []${restOfLine}${parts.tail}`
}
