import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { mergeEdits } from '../edits.ts'
import { PathNode } from '../json/paths.ts'
import { scanJson } from '../json/scanner.ts'
import { decodeJsonString, locateInJsonString } from '../json/strings.ts'
import type { ScannedRecord } from './records.ts'
import { toBodyEdit } from './records.ts'

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

/**
 * Finds secrets that span several records of a stream: `"sk-ab"` in one event and `"cdef"` at the same place of the next. It
 * joins the strings of each place and searches them as one. The first string gets one placeholder, and the rest of the secret
 * is removed from the others. Interleaved streams (parallel tool calls, several choices) differ by an index or an id. Each of
 * them is searched alone too.
 */
export function editsAcrossRecords(
  records: readonly ScannedRecord[],
  find: (text: ByteText) => readonly Edit[],
): Edit[] {
  const edits: Edit[] = []
  for (const channel of channelsOf(records)) {
    if (channel.length > 1)
      for (const pieces of [channel, ...interleaved(channel)]) edits.push(...editsIn(pieces, find))
  }
  return mergeEdits(edits)
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
  for (const record of records) {
    if (record.isJson) addPieces(record, root)
    else plain.push({ record, start: record.start, end: record.end, stream: '' })
  }
  return [plain, ...all.flatMap((channels) => [...channels.values()])]
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

function editsIn(pieces: readonly Piece[], find: (text: ByteText) => readonly Edit[]): Edit[] {
  const texts = pieces.map(textOf)
  const edits: Edit[] = []
  let at = 0
  let pieceStart = 0
  for (const hit of find(texts.join(''))) {
    for (; at < pieces.length; at += 1) {
      const length = texts[at]?.length ?? 0
      const piece = pieces[at] as Piece
      const start = Math.max(hit.start, pieceStart) - pieceStart
      const end = Math.min(hit.end, pieceStart + length) - pieceStart
      const isFirst = hit.start >= pieceStart
      if (start < end) edits.push(editOf(piece, { start, end, text: isFirst ? hit.text : '' }))
      // The next hit may start in the same piece.
      if (hit.end <= pieceStart + length) break
      pieceStart += length
    }
  }
  return edits
}

function textOf({ record, start, end }: Piece): ByteText {
  const written = record.text.slice(start, end)
  return record.isJson ? decodeJsonString(written) : written
}

/** Converts an edit of a piece's decoded text to an edit of the body. */
function editOf({ record, start, end }: Piece, edit: Edit): Edit {
  const [place = edit] = record.isJson ? locateInJsonString(record.text.slice(start, end), [edit]) : [edit]
  return toBodyEdit(record, { start: start + place.start, end: start + place.end, text: edit.text })
}
