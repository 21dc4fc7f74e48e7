import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { EntryText } from '../cassette/envelope.ts'

/** Small pieces are joined into one write of about this size, bytes. */
const WRITE_BYTES = 256 * 1024
const ENCODE_CHARACTERS = 1024 * 1024

/**
 * Replaces or makes `file`. At any moment the file holds either the complete old or the complete new content, even after
 * a power failure. Keeps the file's mode, and its owner if this process may set it.
 * @param temporary a name in the same folder
 * @param beforeRename receives the stats of the finished temporary file; the rename keeps its inode
 * @throws the file system's error; the temporary file is removed then
 */
export function replaceFile(
  file: string,
  temporary: string,
  content: Iterable<EntryText>,
  beforeRename: (written: BigIntStats) => void,
): void {
  mkdirSync(dirname(file), { recursive: true })
  const old = statSync(file, { throwIfNoEntry: false })
  rmSync(temporary, { force: true })
  // The mode comes before the content: a private cassette must not be readable for a moment.
  const fd = openSync(temporary, 'wx', old === undefined ? 0o666 : 0o600)
  try {
    try {
      if (old !== undefined) takeAfter(fd, old.mode, old.uid, old.gid)
      writeAll(fd, content)
      fsyncSync(fd)
      beforeRename(fstatSync(fd, { bigint: true }))
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(file))
}

/** Writes all of `bytes` at `position` (bytes). */
export function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done)
  }
}

function writeAll(fd: number, content: Iterable<EntryText>): void {
  let position = 0
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const flush = (): void => {
    const [first] = waiting
    if (first !== undefined) writeFully(fd, waiting.length === 1 ? first : Buffer.concat(waiting), position)
    position += waitingBytes
    waiting = []
    waitingBytes = 0
  }
  for (const piece of content) {
    for (const bytes of typeof piece === 'string' ? encoded(piece) : [piece]) {
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (waitingBytes >= WRITE_BYTES) flush()
    }
  }
  flush()
}

/** Encodes a text as UTF-8 in pieces, so that a large text is never in memory twice. */
export function* encoded(text: string): Generator<Uint8Array, void, void> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + ENCODE_CHARACTERS, text.length)
    // A surrogate pair must not be cut in two.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++
    yield Buffer.from(text.slice(start, end))
    start = end
  }
}

function takeAfter(fd: number, mode: number, uid: number, gid: number): void {
  try {
    const made = fstatSync(fd)
    if (made.uid !== uid || made.gid !== gid) fchownSync(fd, uid, gid)
  } catch {
    // Only root may change a file's owner.
  }
  fchmodSync(fd, mode & 0o7777)
}

/** A rename survives a power failure only after the folder itself is on disk. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    // Some systems cannot sync a folder. The new content is in place anyway.
  }
}
