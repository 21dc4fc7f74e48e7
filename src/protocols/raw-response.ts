import { STATUS_CODES } from 'node:http'

import type { HeaderPairs } from '../exchange/types.ts'

/** How a response's end is told on an HTTP/1.1 connection (RFC 9112, section 6.3). */
export type Framing = 'none' | 'chunked' | 'length' | 'close'

const values = (headers: HeaderPairs, name: string): string[] =>
  headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.toLowerCase())

export function framingOf(method: string, status: number, headers: HeaderPairs): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none'
  if (values(headers, 'transfer-encoding').some((value) => /(^|,)\s*chunked\s*$/.test(value)))
    return 'chunked'
  return values(headers, 'content-length').length > 0 ? 'length' : 'close'
}

/** Whether the server closes the connection behind this response. */
export const closesConnection = (headers: HeaderPairs, framing: Framing): boolean =>
  framing === 'close' || values(headers, 'connection').some((value) => /(^|,)\s*close\s*(,|$)/.test(value))

export function headBytes(status: number, reason: string | undefined, headers: HeaderPairs): Buffer {
  const lines = [`HTTP/1.1 ${status} ${reason ?? STATUS_CODES[status] ?? ''}`]
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

export const chunkBytes = (framing: Framing, data: Uint8Array): Uint8Array =>
  framing !== 'chunked'
    ? data
    : Buffer.concat([Buffer.from(`${data.byteLength.toString(16)}\r\n`), data, Buffer.from('\r\n')])

export const endBytes = (framing: Framing, trailers: HeaderPairs | undefined): Buffer | undefined =>
  framing !== 'chunked'
    ? undefined
    : Buffer.from(
        `0\r\n${(trailers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
        'latin1',
      )
