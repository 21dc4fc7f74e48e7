import { defined } from '../base/defined.ts'
import { bufferOf } from '../base/bytes.ts'
import { type EntryText, newEnvelope, renderEnvelope, type Envelope } from './envelope.ts'
import { CassetteFormatError } from '../errors/cassette-format-error.ts'
import { readTopLevel } from './reading/check-top-level.ts'
import type { CassetteContents, CassetteEntry } from './entry.ts'
import { checkEncoding, textOf } from './reading/file-encoding.ts'
import { parseWhole } from './reading/parse-whole.ts'
import { SegmentEntry } from './reading/segment-entry.ts'
import { findSegments, type Layout } from './reading/segments.ts'
import type { SidecarFiles } from './sidecars.ts'
import { splicedText } from './yaml/source-text.ts'

export type { CassetteEntry } from './entry.ts'

/** A file up to this size is read whole when it is opened, so that any error in it is found at once. */
const READ_WHOLE_BYTES = 64 * 1024

/** A cassette file in memory. Opening looks only at the first characters of lines. An interaction is read when it is first needed. */
export class Cassette implements CassetteContents {
  readonly path: string
  readonly entries: readonly CassetteEntry[]
  readonly incomplete: boolean
  readonly metadata: unknown
  /** The file without its items, which {@link renderCassette} keeps. */
  readonly envelope: Envelope

  private constructor(path: string, contents: CassetteContents) {
    this.path = path
    this.entries = contents.entries
    this.incomplete = contents.incomplete
    this.metadata = contents.metadata
    this.envelope = contents.envelope
  }

  static empty(path: string): Cassette {
    return new Cassette(path, {
      entries: [],
      incomplete: false,
      metadata: undefined,
      envelope: newEnvelope(),
    })
  }

  /**
   * @param bytes the whole file; it is kept, so do not change it afterwards
   * @param files the bodies that are not in the file; absent: such a body cannot be read
   * @throws {CassetteFormatError} if this is not a cassette of version 1; it tells file, line, column and what was expected. In
   *   a file larger than 64 KiB, an error inside an item is found when that item is read; the last item is always read.
   */
  static parse(bytes: Uint8Array, path: string, files?: SidecarFiles): Cassette {
    const file = bufferOf(bytes)
    checkEncoding(file, path)
    const layout = findSegments(file)
    // An item that is too short for an interaction has an error.
    if (layout !== undefined && 'noItem' in layout) new SegmentEntry(file, path, layout.noItem).read()
    const contents =
      layout === undefined || 'noItem' in layout
        ? parseWhole(textOf(file, path), path, files)
        : parseSegments(file, path, layout, files)
    return new Cassette(path, contents)
  }

  get isEmpty(): boolean {
    return this.entries.length === 0
  }
}

function parseSegments(file: Buffer, path: string, layout: Layout, files?: SidecarFiles): CassetteContents {
  const { segments, headEnd, tailStart, itemLines, keyEnd, indent, eol } = layout
  const head = file.toString('utf8', 0, headEnd)
  const tail = file.toString('utf8', tailStart)
  const top = topLevel(splicedText(path, head, tail, itemLines), head.length)
  if (top === undefined) return parseWhole(textOf(file, path), path, files)
  const entries = segments.map((segment) => new SegmentEntry(file, path, segment, files))
  for (const entry of entries) {
    if (file.length <= READ_WHOLE_BYTES || !entry.isPlain) entry.read()
  }
  // If the file was cut off, the last item shows it.
  entries.at(-1)?.read()
  return {
    entries,
    incomplete: top.incomplete,
    metadata: top.metadata,
    envelope: {
      head: file.toString('utf8', 0, keyEnd),
      restOfLine: restOfLine(file.toString('utf8', keyEnd, headEnd), eol),
      tail,
      indent,
      eol,
      version: top.version,
      ...defined({ incompleteMark: top.incompleteMark }),
    },
  }
}

/** `undefined`: the file may be in flow style, so that only parsing it whole can tell what is wrong. */
function topLevel(
  ...[source, headLength]: Parameters<typeof readTopLevel>
): ReturnType<typeof readTopLevel> | undefined {
  try {
    return readTopLevel(source, headLength)
  } catch (error) {
    if (error instanceof CassetteFormatError && /^\s*(?:---\s*)?[{[]/.test(source.text)) return undefined
    throw error
  }
}

function restOfLine(rest: string, eol: string): string {
  const kept = rest.replace(/^[ \t]*(?:\[[ \t]*\]|~|null)/, '')
  return kept.endsWith('\n') ? kept : kept + eol
}

export interface CassetteParts {
  /** The file as it was. Its comments, `metadata` and other keys are kept unchanged. */
  readonly cassette?: Cassette | undefined
  /** Texts of entries (`CassetteEntry.text`) and of new interactions (`interactionText`), in order. */
  readonly entries: Iterable<EntryText>
  /** Whether the file gets `incomplete: true`. */
  readonly incomplete: boolean
  /** The user's metadata, for a new file. */
  readonly metadata?: unknown
}

/**
 * The bytes of a cassette file, piece by piece. Entries of the file keep their bytes. New ones get the indentation and line ends
 * of the file.
 */
export function renderCassette(parts: CassetteParts): Iterable<EntryText> {
  const { cassette, entries, incomplete, metadata } = parts
  const envelope = cassette?.envelope ?? newEnvelope('', defined({ metadata }))
  return renderEnvelope(envelope, entries, incomplete)
}
