import { writeFileSync, readFileSync } from 'node:fs'

import { CassetteFormatError, withCassette } from '../../src/index.ts'
import { integersFrom } from './random.ts'

const PIECES = ['\n', ' ', '  ', '- ', ': ', '{', '}', '[', ']', '"', "'", '&a ', '*a', '!!x ', '|', '>', '#', '\0', '\t',
  '\r', '\ufeff', '😀', '-1', '1e999', 'null', '~', '__proto__: ', '<<: ', '---\n', '...\n', 'NaN', '0x10', '\u2028'] // prettier-ignore

/** One to four random changes of the bytes. The same seed makes the same mutant. */
export function mutant(file: Buffer, seed: number): Buffer {
  const below = integersFrom(seed)
  let bytes = file
  for (let changes = 1 + below(4); changes > 0; changes--) bytes = Buffer.concat(changed(bytes, below))
  return bytes
}

function changed(bytes: Buffer, below: (limit: number) => number): Buffer[] {
  const at = below(bytes.length)
  const end = Math.min(bytes.length, at + below(40))
  const other = below(bytes.length)
  const piece = Buffer.from(PIECES[below(PIECES.length)] ?? '')
  const before = bytes.subarray(0, at)
  const changes = [
    [before, bytes.subarray(end)],
    [before, piece, bytes.subarray(at)],
    [before, Buffer.from([below(256)]), bytes.subarray(at + 1)],
    [before, bytes.subarray(other, other + below(200)), bytes.subarray(at)],
    [before],
    [before, piece, bytes.subarray(end)],
  ]
  return changes[below(changes.length)] ?? []
}

export interface Verdict {
  /** What went wrong; `undefined`: nothing. */
  readonly problem?: string
  readonly kind: 'replayed' | 'refused' | 'missed'
  readonly ms: number
}

const SLOW_MS = 2000

/** Replays a request from a mutant that is at `path`. The server must not be reached, and the file must not change. */
export async function tryMutant(path: string, bytes: Buffer, ask: () => Promise<unknown>): Promise<Verdict> {
  writeFileSync(path, bytes)
  const start = performance.now()
  let kind: Verdict['kind'] = 'replayed'
  let problem: string | undefined
  try {
    await withCassette(path, { mode: 'none' }, () => Promise.race([ask(), hung()]))
  } catch (error) {
    if (error === HUNG) problem = 'hung'
    else if (error instanceof CassetteFormatError) kind = 'refused'
    // The recording may have become a failure, a cut body or another request: the client gets what the file says.
    else kind = 'missed'
    if (
      error instanceof RangeError ||
      error instanceof ReferenceError ||
      (error instanceof TypeError && !error.cause)
    )
      problem = `crashed: ${error.stack ?? error.message}`
  }
  const ms = performance.now() - start
  if (ms > SLOW_MS) problem ??= `took ${Math.round(ms)} ms`
  if (!readFileSync(path).equals(bytes)) problem ??= 'the file was overwritten'
  return { kind, ms, ...(problem !== undefined && { problem }) }
}

const HUNG = new Error('hung')

function hung(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(reject, 5000, HUNG).unref()
  })
}
