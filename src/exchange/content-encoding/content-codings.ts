import { defined } from '../../base/defined.ts'
import { headerValues } from '../headers.ts'
import type { Chunk, HeaderPairs } from '../exchange.ts'
import { sinceOf } from '../since.ts'
import { type Coder, type Coding, createDecoder, createEncoder, type Format } from './zlib-coder.ts'

/** A body that decompresses to more bytes than this stays compressed. */
const MAX_DECODED_BYTES = 512 * 1024 * 1024

/** A body with more codings, one inside the other, is an attack. */
const MAX_CODINGS = 5

const KNOWN = new Map<string, Coding>([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])

/** The codings in the order in which they were applied, without `identity`. `undefined`: one is unknown, or there are too many. */
export function codingsOf(headers: HeaderPairs): Coding[] | undefined {
  const codings = codingsIn(headerValues(headers, 'content-encoding'))
  return codings !== undefined && codings.length <= MAX_CODINGS ? codings : undefined
}

/**
 * The same, however many there are.
 * @param values the values of the `content-encoding` headers
 */
export function codingsIn(values: readonly string[]): Coding[] | undefined {
  const names = values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  const codings = names.map((name) => KNOWN.get(name)).filter((coding) => coding !== undefined)
  return codings.length === names.length ? codings : undefined
}

/**
 * Undoes the codings, chunk by chunk. Keeps the delays. `undefined`: corrupt or too large.
 * @param cut the body is known to be cut short and is decoded as far as it goes; otherwise a body that ends early is corrupt
 */
export async function decodeChunks(
  chunks: readonly Chunk[],
  codings: readonly Coding[],
  cut: boolean,
  maxBytes = MAX_DECODED_BYTES,
): Promise<Decoded | undefined> {
  const coders = codings.toReversed().map((coding) => createDecoder(coding, maxBytes))
  try {
    const made = await run(chunks, coders, cut)
    const formats = new Set(coders.map(({ format }) => format))
    // Both formats of deflate, one inside the other: the mark `bareDeflate` cannot tell which is which.
    if (formats.has('deflate') && formats.has('deflate-raw')) return undefined
    return { chunks: made, bareDeflate: formats.has('deflate-raw') }
  } catch {
    // Whatever zlib reports, the body is not what its header says.
    return undefined
  } finally {
    for (const coder of coders) coder.close()
  }
}

export interface Decoded {
  readonly chunks: Chunk[]
  /** Its deflate was bare, without the zlib header and checksum. */
  readonly bareDeflate: boolean
}

/**
 * Applies the formats in order. Flushes after each chunk, so that a client can decode each chunk as it comes.
 * @param cut leaves the end out
 */
export async function encodeChunks(
  chunks: readonly Chunk[],
  formats: readonly Format[],
  cut: boolean,
): Promise<Chunk[]> {
  const coders = formats.map((format) => createEncoder(format))
  try {
    return await run(chunks, coders, cut)
  } finally {
    for (const coder of coders) coder.close()
  }
}

async function run(chunks: readonly Chunk[], coders: readonly Coder[], cut: boolean): Promise<Chunk[]> {
  const made: Chunk[] = []
  let waited = 0
  let held: string[] = []
  for (const { data, delayMs, after, since } of chunks) {
    waited += delayMs
    held.push(...(since ?? []))
    const out = await through(data, coders)
    if (out.length > 0) {
      made.push({ data: out, delayMs: waited, ...defined({ after }), ...sinceOf(held) })
      waited = 0
      held = []
    }
  }
  if (cut) return made
  const rest: Uint8Array[] = []
  for (const [index, coder] of coders.entries()) {
    rest.push(await through(await coder.end(), coders.slice(index + 1)))
  }
  return withRest(made, Buffer.concat(rest), waited)
}

async function through(data: Uint8Array, coders: readonly Coder[]): Promise<Uint8Array> {
  let out = data
  for (const coder of coders) out = await coder.write(out)
  return out
}

/** Adds the rest to the last chunk, unless it came later. */
function withRest(made: Chunk[], rest: Buffer, waited: number): Chunk[] {
  const last = made.at(-1)
  if (rest.length === 0) return made
  if (last === undefined || waited > 0) return [...made, { data: rest, delayMs: waited }]
  return [...made.slice(0, -1), { ...last, data: Buffer.concat([last.data, rest]) }]
}
