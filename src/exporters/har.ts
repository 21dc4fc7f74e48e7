import { isUtf8 } from 'node:buffer'

import { joinChunks } from '../base/bytes.ts'
import { fromInteraction } from '../cassette/convert.ts'
import type { Exchange, ExchangeResponse, Frame, HeaderPairs } from '../exchange/exchange.ts'
import { headerValue } from '../exchange/headers.ts'
import type { ExportedEntry, Exporter } from './exporter.ts'

/**
 * HTTP Archive 1.2, as Chrome DevTools opens it. Bodies are without their content coding. Messages of WebSockets are where Chrome
 * keeps them.
 * @see https://w3c.github.io/web-performance/specs/HAR/Overview.html
 */
export const har: Exporter = {
  summary: 'an HTTP Archive 1.2, which Chrome DevTools and others open',
  *text(entries) {
    yield '{"log":{"version":"1.2","creator":{"name":"cassette","version":"1"},"pages":[],"entries":['
    let separator = '\n'
    for (const one of entries) {
      yield `${separator}${JSON.stringify(entryOf(one))}`
      separator = ',\n'
    }
    yield '\n]}}\n'
  },
}

function entryOf({ entry, cassette }: ExportedEntry): object {
  const exchange = fromInteraction(entry.read())
  const { response } = exchange
  const wait = response?.delayMs ?? 0
  const parts: readonly { delayMs: number }[] = response?.frames ?? response?.chunks ?? []
  const receive = parts.reduce((sum, { delayMs }) => sum + delayMs, 0)
  return {
    startedDateTime: exchange.recordedAt,
    time: wait + receive,
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings: { send: 0, wait, receive },
    comment: `${cassette} ${entry.id}`,
    ...(response?.frames && {
      _resourceType: 'websocket',
      _webSocketMessages: messagesOf(response.frames, Date.parse(exchange.recordedAt) + wait),
    }),
  }
}

const named = (headers: HeaderPairs): object[] => headers.map(([name, value]) => ({ name, value }))

const versionOf = (response: ExchangeResponse | undefined): string => `HTTP/${response?.version ?? '1.1'}`

function requestOf({ request, response }: Exchange): object {
  const { body, headers, method, url } = request
  const query = [...(URL.parse(url)?.searchParams ?? [])]
  return {
    method,
    url: url.replace(/^ws(?=s?:)/i, response?.frames ? 'ws' : 'http'),
    httpVersion: versionOf(response),
    cookies: [],
    headers: named(headers),
    queryString: named(query),
    ...(body && {
      postData: { mimeType: headerValue(headers, 'content-type') ?? '', params: [], ...textOf(body) },
    }),
    headersSize: -1,
    bodySize: body?.byteLength ?? 0,
  }
}

function responseOf({ response, failure }: Exchange): object {
  const headers = response?.headers ?? []
  const bytes = Buffer.from(joinChunks(response?.chunks ?? []))
  return {
    status: response?.status ?? 0,
    statusText: response?.reason ?? '',
    httpVersion: versionOf(response),
    cookies: [],
    headers: named(headers),
    content: {
      size: bytes.byteLength,
      mimeType: headerValue(headers, 'content-type') ?? '',
      ...(bytes.byteLength > 0 && textOf(bytes)),
    },
    redirectURL: headerValue(headers, 'location') ?? '',
    headersSize: -1,
    bodySize: -1,
    ...(failure && { _error: failure.code ?? failure.message, comment: failure.message }),
  }
}

const textOf = (bytes: Uint8Array): { text: string; encoding?: 'base64' } => {
  const buffer = Buffer.from(bytes)
  return isUtf8(buffer)
    ? { text: buffer.toString('utf8') }
    : { text: buffer.toString('base64'), encoding: 'base64' }
}

const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10, raw: 2 } as const

/** `time` is in seconds since 1970. */
function messagesOf(frames: readonly Frame[], from: number): object[] {
  let at = from
  return frames.map((frame) => {
    at += frame.delayMs
    const opcode = OPCODES[frame.kind]
    return {
      type: frame.from === 'client' ? 'send' : 'receive',
      time: at / 1000,
      opcode,
      data: dataOf(frame),
    }
  })
}

function dataOf(frame: Frame): string {
  if (frame.kind === 'text') return Buffer.from(frame.data).toString('utf8')
  if (frame.kind !== 'close') return Buffer.from(frame.data).toString('base64')
  if (frame.code === undefined) return ''
  const code = Buffer.alloc(2)
  code.writeUInt16BE(frame.code)
  return Buffer.concat([code, Buffer.from(frame.reason ?? '')]).toString('base64')
}
