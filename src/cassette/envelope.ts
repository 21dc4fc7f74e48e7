import { emitTopLevel } from './yaml/emit.ts'

/** The text of an item: as in the file, or as the writer made it (LF, dash at column 2). */
export type EntryText = string | Uint8Array

/** Where the lines of a top-level key are. `in`: before or after the items. */
export interface KeyLines {
  readonly in: 'head' | 'tail'
  readonly start: number
  readonly end: number
}

/** A cassette file without its items, as it is. */
export interface Envelope {
  /** Up to the colon after `interactions`. */
  readonly head: string
  /** The rest of that line with its line end, but without `[]`. */
  readonly restOfLine: string
  readonly tail: string
  readonly indent: number
  readonly eol: '\n' | '\r\n'
  readonly incompleteMark?: KeyLines & { readonly value: boolean }
  /** The `version` line. A mark goes after it. */
  readonly version: KeyLines
}

/** The envelope of a new file, with `above` (comments) and more top-level keys. */
export function newEnvelope(above = '', extra: Readonly<Record<string, unknown>> = {}): Envelope {
  const version = `${above}version: 1\n`
  return {
    head: `${version}${emitTopLevel(extra)}interactions:`,
    restOfLine: '\n',
    tail: '',
    indent: 2,
    eol: '\n',
    version: { in: 'head', start: above.length, end: version.length },
  }
}

/** The whole file, piece by piece. Of the envelope only the `incomplete` mark may change. */
export function* renderEnvelope(
  envelope: Envelope,
  entries: Iterable<EntryText>,
  incomplete: boolean,
): Generator<EntryText, void, void> {
  const { head, tail } = withMark(envelope, incomplete)
  yield head
  let empty = true
  for (const entry of entries) {
    if (empty) yield envelope.restOfLine
    empty = false
    yield* fitted(entry, envelope)
  }
  if (empty) yield ` []${envelope.restOfLine}`
  yield tail
}

function withMark(envelope: Envelope, incomplete: boolean): { head: string; tail: string } {
  const { head, tail, eol, version, incompleteMark: mark } = envelope
  const parts = { head, tail }
  if (mark !== undefined && mark.value !== incomplete) {
    const part = parts[mark.in]
    parts[mark.in] =
      part.slice(0, mark.start) + (incomplete ? `incomplete: true${eol}` : '') + part.slice(mark.end)
  } else if (mark === undefined && incomplete) {
    const part = parts[version.in]
    const before = part.slice(0, version.end)
    parts[version.in] =
      `${before}${before.endsWith('\n') ? '' : eol}incomplete: true${eol}${part.slice(version.end)}`
  }
  return parts
}

/** The entry with the indentation and the line ends of its new file. Ends with a line end. */
function* fitted(entry: EntryText, { indent, eol }: Envelope): Generator<EntryText, void, void> {
  const start =
    typeof entry === 'string' ? entry.slice(0, 4096) : Buffer.from(entry.subarray(0, 4096)).toString('latin1')
  const dash = /^(?:[ \t]*(?:#.*)?\r?\n)*( *)- ?.*?(\r?)(?:\n|$)/.exec(start)
  const shift = indent - (dash?.[1]?.length ?? indent)
  const isCrlf = dash?.[2] === '\r'
  if (shift === 0 && isCrlf === (eol === '\r\n')) {
    yield entry
  } else {
    yield moved(typeof entry === 'string' ? entry : Buffer.from(entry).toString('utf8'), shift, eol)
  }
  const last = typeof entry === 'string' ? entry.at(-1) : String.fromCharCode(entry.at(-1) ?? 0)
  if (last !== '\n') yield eol
}

function moved(text: string, shift: number, eol: string): string {
  const lines = text.replaceAll('\r\n', '\n')
  const shifted =
    shift >= 0
      ? lines.replace(/(^|\n)(?=[^\n])/g, `$1${' '.repeat(shift)}`)
      : lines.replace(new RegExp(`(^|\n) {1,${-shift}}`, 'g'), '$1')
  return eol === '\n' ? shifted : shifted.replaceAll('\n', eol)
}
