import { Cassette, type CassetteEntry } from '../cassette/cassette.ts'
import type { SidecarFiles } from '../cassette/sidecars.ts'
import { OWNER_LINE_BYTES } from './lock/owner.ts'

/**
 * Follows the owner's line. It makes the journal a cassette that a person can read or rename; only an item that was cut
 * short has to be removed first.
 */
export const JOURNAL_HEAD = Buffer.from(
  '# A recording run writes here what it has finished. The next run goes on with it; delete it to lose it.\n' +
    'version: 1\nincomplete: true\ninteractions:\n',
)

/** An item is complete if this line follows it and names the item's length. */
const FINISHED = /^ {2}# finished, (\d{1,15}) bytes\n$/
/** If the cassette has this inode and size, it holds every item before this line. */
const COMMITTING = /^ {2}# committing, inode (\d{1,20}), (\d{1,15}) bytes\n$/
const MAX_MARK_BYTES = 80

export function finishedMark(bytes: number): string {
  return `  # finished, ${bytes} bytes\n`
}

export function committingMark({ inode, bytes }: CommittedFile): string {
  return `  # committing, inode ${inode}, ${bytes} bytes\n`
}

/** Identifies a file, so that a later file of the same name is not taken for it. */
export interface CommittedFile {
  readonly inode: bigint
  readonly bytes: bigint
}

export interface JournalContent {
  /** The finished exchanges. An exchange that was cut short is left out. */
  readonly entries: readonly CassetteEntry[]
  /** Where the next record goes, bytes from the start of the file. */
  readonly end: number
}

/**
 * Reads the journal that an interrupted run left. Drops a torn end and every item that cannot be read.
 * @param isCommitted tells whether the cassette is the file that the journal names
 * @param files the large bodies of the cassette
 */
export function readJournal(
  file: Buffer,
  path: string,
  isCommitted: (committed: CommittedFile) => boolean,
  files: SidecarFiles,
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
      // An item begins after the mark before it. Else a few marks could name the same bytes again and again.
      if (at - length >= end && isItem(file, at - length)) records.push(file.subarray(at - length, at))
      end = next
    } else if (committing !== null) {
      if (isCommitted({ inode: BigInt(committing[1] ?? 0), bytes: BigInt(committing[2] ?? 0) })) records = []
      end = next
    }
    at = next
  }
  const entries = records.flatMap((record) => entryOf(record, path, files))
  // If no entry is kept, the next records overwrite the old ones: later marks must not bring those back.
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

function entryOf(record: Buffer, path: string, files: SidecarFiles): readonly CassetteEntry[] {
  try {
    const { entries } = Cassette.parse(Buffer.concat([JOURNAL_HEAD, record]), path, files)
    return entries.length === 1 ? entries : []
  } catch {
    return []
  }
}
