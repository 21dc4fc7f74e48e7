import { STATUS_CODES } from 'node:http'

import type { ExchangeResponse, HeaderPairs } from '../../exchange/exchange.ts'

/** How an HTTP/1.1 response says where its body ends (RFC 9112, section 6.3). */
export type Framing = 'none' | 'chunked' | 'length' | 'close'

const values = (headers: HeaderPairs, name: string): string[] =>
  headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.toLowerCase())

export function framingOf(method: string, status: number, headers: HeaderPairs): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none'
  if (values(headers, 'transfer-encoding').some((value) => /(^|,)\s*chunked\s*$/.test(value)))
    return 'chunked'
  return values(headers, 'content-length').length > 0 ? 'length' : 'close'
}

/**
 * Whether the server closes the connection after this response. An HTTP/1.0 server does unless it sends `keep-alive`
 * (RFC 9112, section 9.3).
 */
export function closesConnection({ headers, version }: Head, framing: Framing): boolean {
  const says = (option: RegExp): boolean => values(headers, 'connection').some((value) => option.test(value))
  if (framing === 'close' || says(/(^|,)\s*close\s*(,|$)/)) return true
  return version === '1.0' && !says(/(^|,)\s*keep-alive\s*(,|$)/)
}

type Head = Pick<ExchangeResponse, 'headers' | 'version'>

/** The status line and the headers as HTTP/1 text. A recorded HTTP/2 response is written as HTTP/1.1. */
export function headBytes({
  status,
  reason,
  headers,
  version,
}: Head & Pick<ExchangeResponse, 'status' | 'reason'>): Buffer {
  const lines = [
    `HTTP/${version === '1.0' ? '1.0' : '1.1'} ${status} ${reason ?? STATUS_CODES[status] ?? ''}`,
  ]
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
