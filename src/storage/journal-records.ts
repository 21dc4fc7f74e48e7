import { Cassette, type CassetteEntry } from '../cassette/cassette.ts'
import { OWNER_LINE_BYTES } from './owner.ts'

/**
 * What follows the owner's line: with it, and but for an item cut short, the journal is a cassette that a person can
 * read, or rename.
 */
export const JOURNAL_HEAD = Buffer.from(
  '# A recording run writes here what it has finished. The next run goes on with it; delete it to lose it.\n' +
    'version: 1\nincomplete: true\ninteractions:\n',
)

/** An item is whole where such a line follows it with the right length. */
const FINISHED = /^ {2}# finished, (\d{1,15}) bytes\n$/
/** All before such a line is in the cassette that has that inode and size. */
const COMMITTING = /^ {2}# committing, inode (\d{1,20}), (\d{1,15}) bytes\n$/
const MAX_MARK_BYTES = 80

export function finishedMark(bytes: number): string {
  return `  # finished, ${bytes} bytes\n`
}

export function committingMark({ inode, bytes }: CommittedFile): string {
  return `  # committing, inode ${inode}, ${bytes} bytes\n`
}

/** Tells one file from any other that may stand in its place. */
export interface CommittedFile {
  readonly inode: bigint
  readonly bytes: bigint
}

export interface JournalContent {
  /** Finished exchanges; what was cut short is left out. */
  readonly entries: readonly CassetteEntry[]
  /** Where the next record goes. */
  readonly end: number
}

/**
 * Reads what a run that did not end well left in its journal. A torn end, or an item that cannot be read, is dropped.
 * @param isCommitted whether the cassette is that file
 */
export function readJournal(
  file: Buffer,
  path: string,
  isCommitted: (committed: CommittedFile) => boolean,
): JournalContent {
  const start = OWNER_LINE_BYTES + JOURNAL_HEAD.length
  let records: Buffer[] = []
  let end = start
  for (let at = start; at < file.length;) {
    const next = lineEnd(file, at)
    const mark = markAt(file, at, next)
    const finished = FINISHED.exec(mark)
    const committing = COMMITTING.exec(mark)
    if (finished !== null) {
      const length = Number(finished[1])
      if (at - length >= start && isItem(file, at - length)) records.push(file.subarray(at - length, at))
      end = next
    } else if (committing !== null) {
      if (isCommitted({ inode: BigInt(committing[1] ?? 0), bytes: BigInt(committing[2] ?? 0) })) records = []
      end = next
    }
    at = next
  }
  const entries = records.flatMap((record) => entryOf(record, path))
  // What is not wanted any more must not come back when the next marks are read.
  return { entries, end: entries.length === 0 ? start : end }
}

function markAt(file: Buffer, start: number, end: number): string {
  if (end - start > MAX_MARK_BYTES || file[start + 2] !== 0x23) return ''
  return file.toString('latin1', start, end)
}

function lineEnd(file: Buffer, start: number): number {
  const end = file.indexOf(0x0a, start)
  return end === -1 ? file.length : end + 1
}

function isItem(file: Buffer, at: number): boolean {
  return file.toString('latin1', at, at + 4) === '  - '
}

function entryOf(record: Buffer, path: string): readonly CassetteEntry[] {
  try {
    const { entries } = Cassette.parse(Buffer.concat([JOURNAL_HEAD, record]), path)
    return entries.length === 1 ? entries : []
  } catch {
    return []
  }
}
