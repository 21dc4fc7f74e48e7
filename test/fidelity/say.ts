import { setTimeout as sleep } from 'node:timers/promises'
import type { HeaderList } from './types.ts'
import type { Wire } from './wire-server.ts'

const lines = (headers: HeaderList): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')

/** Encodes the status line and the headers. The body follows with the framing that the headers name. */
export const head = (status: string, ...headers: HeaderList): string =>
  `HTTP/1.1 ${status}\r\n${lines(headers)}\r\n`

export const length = (body: string | Uint8Array): readonly [string, string] => [
  'content-length',
  String(Buffer.byteLength(body)),
]
export const CHUNKED = ['transfer-encoding', 'chunked'] as const
export const JSON_TYPE = ['content-type', 'application/json'] as const
export const TEXT = ['content-type', 'text/plain; charset=utf-8'] as const

export const chunk = (data: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(data as string)
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}
export const LAST = '0\r\n\r\n'

/** Sends a complete response with a content-length in one write, when the request is complete. */
export async function say(
  wire: Wire,
  status: string,
  headers: HeaderList,
  body: string | Uint8Array = '',
): Promise<void> {
  await wire.body
  wire.write(
    Buffer.concat([
      Buffer.from(head(status, ...headers, length(body)), 'latin1'),
      Buffer.from(body as string),
    ]),
  )
}

/** Sends a chunked response, one chunk for each part, with `gapMs` between them. */
export async function sayChunks(
  wire: Wire,
  headers: HeaderList,
  parts: readonly (string | Uint8Array)[],
  { gapMs = 0, last = LAST, status = '200 OK' }: { gapMs?: number; last?: string; status?: string } = {},
): Promise<void> {
  await wire.body
  wire.write(head(status, ...headers, CHUNKED))
  for (const part of parts) {
    if (gapMs > 0) await sleep(gapMs)
    else await new Promise(setImmediate)
    wire.write(chunk(part))
  }
  wire.write(last)
}
