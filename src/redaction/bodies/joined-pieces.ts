import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'

type Find = (text: ByteText) => readonly Edit[]

/** An edit of one piece. */
export interface PieceEdit {
  /** The index of the piece. */
  readonly piece: number
  readonly edit: Edit
}

export interface JoinedEdits {
  /** The edits for everything that is found in the joined text. */
  readonly all: readonly PieceEdit[]
  /**
   * Those of secrets that only the joined text shows whole. They are applied before any piece is redacted by itself: a first
   * piece that looks like a key would be replaced alone, and the rest of the key would stay.
   */
  readonly spread: readonly PieceEdit[]
}

/**
 * Searches pieces of text as one text. The piece in which a secret starts gets the replacement, and the rest of the secret is
 * removed from the others.
 */
export function editsOfJoined(texts: readonly ByteText[], find: Find): JoinedEdits {
  const all: PieceEdit[] = []
  const spread: PieceEdit[] = []
  let at = 0
  let pieceStart = 0
  for (const hit of find(texts.join(''))) {
    const parts: PieceEdit[] = []
    for (; at < texts.length; at += 1) {
      const { length } = texts[at] as ByteText
      const start = Math.max(hit.start, pieceStart) - pieceStart
      const end = Math.min(hit.end, pieceStart + length) - pieceStart
      const text = hit.start >= pieceStart ? hit.text : ''
      if (start < end) parts.push({ piece: at, edit: { start, end, text } })
      // The next hit may start in the same piece.
      if (hit.end <= pieceStart + length) break
      pieceStart += length
    }
    all.push(...parts)
    if (parts.length > 1 && !parts.every((part) => isFoundAlone(part, texts, find))) spread.push(...parts)
  }
  return { all, spread }
}

/** Whether a search of the piece by itself covers the part. Whole keys that follow each other are found so, one by one. */
function isFoundAlone({ piece, edit }: PieceEdit, texts: readonly ByteText[], find: Find): boolean {
  return find(texts[piece] as ByteText).some(({ start, end }) => start <= edit.start && end >= edit.end)
}
