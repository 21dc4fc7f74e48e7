import type { HeaderPairs } from '../../exchange/exchange.ts'
import { type Framing, framingOf } from './response-bytes.ts'

/** Finds where a response ends among the bytes of a connection (RFC 9112, section 6.3). */
export interface ResponseEnd {
  /** @returns how many of `bytes` belong to the response */
  take(bytes: Uint8Array): number
  readonly ended: boolean
}

type Reading = 'head' | 'body' | 'size' | 'data' | 'trailers' | 'rest' | 'over'

const LF = 10

function headOf(lines: readonly string[]): { status: number; headers: HeaderPairs } | undefined {
  const status = /^HTTP\/1\.[01] ([1-9]\d\d)/.exec(lines[0] ?? '')?.[1]
  if (status === undefined) return undefined
  const headers = lines.slice(1).map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { status: Number(status), headers }
}

const AFTER_HEAD: Readonly<Record<Framing, Reading>> = {
  none: 'over',
  length: 'body',
  chunked: 'size',
  close: 'rest',
}

/** Follows the response to a request with this method. Bytes that are not HTTP have no end. */
export function followResponse(method: string): ResponseEnd {
  let reading: Reading = 'head'
  let line = ''
  let lines: string[] = []
  /** Bytes still to come: of the body, or of a chunk and the line break after it. */
  let left = 0

  function onHead(): void {
    const head = headOf(lines)
    lines = []
    if (!head) reading = 'rest'
    else if (head.status === 101 || (method === 'CONNECT' && head.status < 300)) reading = 'rest'
    else if (head.status >= 200) {
      const framing = framingOf(method, head.status, head.headers)
      reading = AFTER_HEAD[framing]
      left = Number(head.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1])
      if (framing === 'length' && !(left > 0)) reading = left === 0 ? 'over' : 'rest'
    }
  }
  function onLine(text: string): void {
    if (reading === 'size') {
      const size = Number.parseInt(text, 16)
      left = size + 2
      reading = Number.isNaN(size) ? 'rest' : size === 0 ? 'trailers' : 'data'
    } else if (text !== '') {
      if (reading === 'head') lines.push(text)
    } else if (reading === 'trailers') reading = 'over'
    else if (lines.length > 0) onHead()
  }

  /** @returns the index of the next byte */
  function step(bytes: Uint8Array, from: number): number {
    if (reading === 'rest') return bytes.byteLength
    if (reading === 'body' || reading === 'data') {
      const size = Math.min(left, bytes.byteLength - from)
      left -= size
      if (left === 0) reading = reading === 'body' ? 'over' : 'size'
      return from + size
    }
    const end = bytes.indexOf(LF, from)
    const to = end === -1 ? bytes.byteLength : end + 1
    line += Buffer.from(bytes.subarray(from, to)).toString('latin1')
    if (end !== -1) {
      const text = line.replace(/\r?\n$/, '')
      line = ''
      onLine(text)
    }
    return to
  }

  return {
    get ended() {
      return reading === 'over'
    },
    take(bytes) {
      let at = 0
      while (at < bytes.byteLength && reading !== 'over') at = step(bytes, at)
      return at
    },
  }
}
