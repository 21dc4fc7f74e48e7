import { constants, isUtf8 } from 'node:buffer'
import { bufferOf } from '../../base/bytes.ts'
import { CassetteFormatError } from '../../errors/cassette-format-error.ts'
import { formatError, sourceText } from '../yaml/source-text.ts'

/** @throws {CassetteFormatError} if the file is not text in UTF-8 */
export function checkEncoding(file: Buffer, path: string): void {
  if (isUtf16(file)) {
    throw new CassetteFormatError({ path, line: 1, column: 1, expected: 'text in UTF-8', found: 'UTF-16' })
  }
  const nul = file.indexOf(0)
  if (nul !== -1) throw errorAt(file, path, nul, 'a NUL byte: a binary file?')
  if (!isUtf8(file)) throw errorAt(file, path, firstInvalid(file), 'a byte that is not UTF-8')
}

/**
 * The text of a file, or of a part of it.
 * @throws {CassetteFormatError} if it is longer than a string of V8 can be
 */
export function textOf(bytes: Uint8Array, path: string, line = 1): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const limit = Math.floor(constants.MAX_STRING_LENGTH / 1024 / 1024)
    throw new CassetteFormatError({
      path,
      line,
      column: 1,
      expected: `no more than ${limit} MiB in one piece`,
    })
  }
  return bufferOf(bytes).toString('utf8')
}

function isUtf16(file: Buffer): boolean {
  const [first, second] = file
  if (file.length < 2 || file.length % 2 !== 0) return false
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  // Without a byte order mark: every second byte of ASCII text is 0.
  return (first === 0) !== (second === 0)
}

function errorAt(file: Buffer, path: string, offset: number, found: string): CassetteFormatError {
  const before = file.toString('utf8', 0, offset)
  return formatError(sourceText(path, before), before.length, 'text in UTF-8', found)
}

/** Halves the file until it finds the byte from which on the file is not UTF-8. */
function firstInvalid(file: Buffer): number {
  let good = 0
  let bad = file.length
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (isUtf8(file.subarray(0, middle)) || isCutCharacter(file, middle)) good = middle
    else bad = middle
  }
  return good
}

/** Whether the bytes before `end` are UTF-8, except for a last character that goes on after `end`. */
function isCutCharacter(file: Buffer, end: number): boolean {
  return [1, 2, 3].some(
    (tail) => end >= tail && isUtf8(file.subarray(0, end - tail)) && isStart(file, end - tail, tail),
  )
}

function isStart(file: Buffer, at: number, length: number): boolean {
  const character = file.subarray(at, at + length + 3)
  return [2, 3, 4].some(
    (size) => size > length && size <= character.length && isUtf8(character.subarray(0, size)),
  )
}
