import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { mergeEdits } from '../edits.ts'
import { PathNode } from '../json/paths.ts'
import { scanJson } from '../json/scanner.ts'
import { decodeJsonString, locateInJsonString } from '../json/strings.ts'
import type { ScannedRecord } from './records.ts'
import { toBodyEdit } from './records.ts'
import { type PieceEdit, editsOfJoined } from './joined-pieces.ts'

/** A string of one record, and where its content is in the record's text. */
interface Piece {
  readonly record: ScannedRecord
  readonly start: number
  readonly end: number
  /** Identifies the stream of the record. It is known once the record is read. */
  stream: string
}

interface Facts {
  /** Whether the value of this field is a part of the name of the stream. */
  readonly tellsStream: boolean
  readonly channels: Map<string, Piece[]>
}

export interface StreamEdits {
  /** For everything that is found in the joined strings. */
  readonly all: readonly Edit[]
  /** For secrets that no record shows whole: see `JoinedEdits`. */
  readonly spread: readonly Edit[]
}

/**
 * Finds secrets that span several records of a stream: `"sk-ab"` in one event and `"cdef"` at the same place of the next. It
 * joins the strings of each place and searches them as one. The first string gets one placeholder, and the rest of the secret
 * is removed from the others. Interleaved streams (parallel tool calls, several choices) differ by an index or an id. Each of
 * them is searched alone too.
 */
export function editsAcrossRecords(
  records: readonly ScannedRecord[],
  find: (text: ByteText) => readonly Edit[],
): StreamEdits {
  const all: Edit[] = []
  const spread: Edit[] = []
  for (const channel of channelsOf(records)) {
    if (channel.length < 2) continue
    for (const pieces of [channel, ...interleaved(channel)]) {
      const found = editsOfJoined(pieces.map(textOf), find)
      all.push(...found.all.map((one) => inBody(pieces, one)))
      spread.push(...found.spread.map((one) => inBody(pieces, one)))
    }
  }
  return { all: mergeEdits(all), spread: mergeEdits(spread) }
}

const STREAM_FIELDS = new Set([
  'index',
  'output_index',
  'content_index',
  'summary_index',
  'contentBlockIndex',
  'item_id',
])

function channelsOf(records: readonly ScannedRecord[]): Iterable<Piece[]> {
  const all: Map<string, Piece[]>[] = []
  const root = new PathNode<Facts>(({ name }) => {
    const channels = new Map<string, Piece[]>()
    all.push(channels)
    return { tellsStream: name !== undefined && STREAM_FIELDS.has(name), channels }
  })
  const plain: Piece[] = []
  const hasText = records.some(({ isJson }) => !isJson)
  for (const record of records) {
    if (record.isJson && !(hasText && isBare(record))) addPieces(record, root)
    else plain.push({ record, start: record.start, end: record.end, stream: '' })
  }
  return [plain, ...all.flatMap((channels) => [...channels.values()])]
}

/** Whether a record is a number or a word. In a stream of text, `999` is a piece of the text. */
function isBare({ text, start, end }: ScannedRecord): boolean {
  return !/["[{]/.test(text.slice(start, end).trimStart().charAt(0))
}

function addPieces(record: ScannedRecord, root: PathNode<Facts>): void {
  const { text } = record
  // The elements of a top-level array are records too: Gemini streams an array without `alt=sse`.
  const outer = text[record.start] === '[' ? 1 : 0
  const indices: number[] = []
  const added: Piece[] = []
  let stream = ''
  scanJson({
    ...record,
    root,
    indices,
    visitor: {
      string(node, start, end) {
        if (node.facts.tellsStream) stream += `,${text.slice(start, end)}`
        if (start === end) return
        const piece: Piece = { record, start, end, stream: '' }
        added.push(piece)
        const key = indices.length > outer ? indices.slice(outer).join() : ''
        const channel = node.facts.channels.get(key)
        if (channel === undefined) node.facts.channels.set(key, [piece])
        else channel.push(piece)
      },
      primitive(node, start, end) {
        if (node.facts.tellsStream) stream += `,${text.slice(start, end)}`
      },
    },
  })
  if (stream !== '') for (const piece of added) piece.stream = stream
}

/** The streams of a channel that are interleaved. */
function interleaved(channel: readonly Piece[]): Piece[][] {
  if (channel.every(({ stream }) => stream === channel[0]?.stream)) return []
  const streams = Map.groupBy(channel, ({ stream }) => stream)
  const changes = channel.filter(({ stream }, index) => stream !== channel[index - 1]?.stream).length
  return changes > streams.size ? [...streams.values()].filter((pieces) => pieces.length > 1) : []
}

function textOf({ record, start, end }: Piece): ByteText {
  const written = record.text.slice(start, end)
  return record.isJson ? decodeJsonString(written) : written
}

/** Converts an edit of a piece's decoded text to an edit of the body. */
function inBody(pieces: readonly Piece[], { piece, edit }: PieceEdit): Edit {
  const { record, start, end } = pieces[piece] as Piece
  const [place = edit] = record.isJson ? locateInJsonString(record.text.slice(start, end), [edit]) : [edit]
  return toBodyEdit(record, { start: start + place.start, end: start + place.end, text: edit.text })
}
