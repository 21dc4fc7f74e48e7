import { gunzipSync, inflateSync } from 'node:zlib'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { redactorOf } from './helpers.ts'
import { CONTEXTS, CREDENTIALS, TEXT_PLACES, writtenOf } from './leak-table.ts'

export interface LeakRun {
  readonly places: Readonly<Record<string, (key: string) => Exchange>>
  /** Whether the credential is the value of an environment variable. */
  readonly known: boolean
  /** Each format is tried in one of so many places, the next format in the next one. 1: in all. */
  readonly every: number
}

/** The characters of a credential that must not remain together. */
const PIECE = 10

/** Each format and place of which more than a few characters remain. */
export function leaksOf({ places, known, every }: LeakRun): string[] {
  const leaks: string[] = []
  for (const [index, { format, value }] of CREDENTIALS.entries()) {
    const redactor = redactorOf(undefined, known ? { SOME_SECRET: value } : {})
    for (const [at, [place, write]] of Object.entries(places).entries()) {
      if ((at + index) % every !== 0) continue
      const written = decoded(writtenOf(redactor.exchange(write(value))))
      if (formsOf(value.slice(-PIECE)).some((form) => written.includes(form)))
        leaks.push(`${format} in ${place}`)
    }
  }
  return leaks
}

/** The same for texts that show by themselves that a credential is in them. */
export function leaksInContext(every: number): string[] {
  const redactor = redactorOf(undefined, {})
  return CONTEXTS.flatMap(({ format, text, secret }, index) =>
    Object.entries(TEXT_PLACES).flatMap(([place, write], at) => {
      if ((at + index) % every !== 0) return []
      const written = decoded(writtenOf(redactor.exchange(write(text))))
      return written.includes(secret.slice(-PIECE)) ? [`${format} in ${place}`] : []
    }),
  )
}

function formsOf(piece: string): string[] {
  const hex = Buffer.from(piece).toString('hex')
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), Buffer.from(piece)])
      .toString('base64')
      .slice(2, 12),
  )
  return [piece, hex, hex.toUpperCase(), ...base64]
}

/** Escapes, percent-encoding and compression are undone, and pieces of a stream are joined. */
function decoded(written: string): string {
  const joined = written.replace(/"\}(?:\r?\n)+(?:data: )?\{"\w+":"/g, '').replace(/\n\ndata: /g, '')
  const plain = joined
    .replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  return [written, plain, ...packed(written)].join('\n')
}

function packed(written: string): string[] {
  const bytes = Buffer.from(written, 'latin1')
  return [
    [bytes.indexOf(Buffer.from([0x1f, 0x8b, 8])), gunzipSync] as const,
    [bytes.indexOf(Buffer.from([0x78, 0x9c])), inflateSync] as const,
  ].map(([start, decode]) => {
    try {
      return start === -1 ? '' : decode(bytes.subarray(start)).toString('latin1')
    } catch {
      return ''
    }
  })
}
