import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Exchange, Frame, FrameContent, HeaderPairs } from '../exchange/exchange.ts'
import { exchangeOf, type KeptExchange } from './exchange-of.ts'
import type { Importer, Lost } from './importer.ts'
import { type NetValue, readNetstring } from './tnetstring.ts'
import { listOf, type Members, membersOf, numberOf, textOf } from './values.ts'

/** The flow files of mitmproxy and mitmdump (`-w`). */
export const mitmproxy: Importer = {
  format: 'mitmproxy',
  fits: ({ head }) => /^\d{1,10}:(?:\d+:|0:)/.test(head.toString('latin1', 0, 24)),
  *read(source, lost) {
    let count = 0
    for (const flow of flowsOf(source)) {
      count += 1
      const exchange = exchangeOfFlow(membersOf(flow), source, `flow ${count}`, lost)
      if (exchange) yield exchange
    }
  },
}

/** @throws {ImportError} if the file is cut off, or is no flow file */
function* flowsOf(source: Source): Generator<NetValue, void, void> {
  let rest: Buffer = Buffer.alloc(0)
  let count = 0
  const next = (): ReturnType<typeof readNetstring> => {
    try {
      return readNetstring(rest, 0)
    } catch (error) {
      throw new ImportError(
        source.path,
        `flow ${count + 1}`,
        `is no flow of mitmproxy: ${(error as Error).message}`,
      )
    }
  }
  for (const chunk of source.chunks()) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let read = next(); read; read = next()) {
      count += 1
      yield read.value
      rest = rest.subarray(read.end)
      if (rest.length === 0) break
    }
  }
  if (rest.length > 0)
    throw new ImportError(
      source.path,
      `flow ${count + 1}`,
      'is cut off: the file ends within it. The flows before it are whole',
    )
}

function exchangeOfFlow(flow: Members, source: Source, place: string, lost: Lost): Exchange | undefined {
  const type = textOf(flow['type'])
  if (type !== 'http') {
    lost(`a flow of the kind ${type || 'unknown'}`, place)
    return undefined
  }
  const request = membersOf(flow['request'])
  const method = textOf(request['method'])
  if (method === 'CONNECT') {
    lost('a CONNECT request: it is transport', place)
    return undefined
  }
  const frames = framesOf(flow)
  const kept: Pick<KeptExchange, 'at' | 'request'> = {
    at: (numberOf(request['timestamp_start']) ?? 0) * 1000,
    request: {
      method,
      url: frames ? urlOf(request).replace(/^http/, 'ws') : urlOf(request),
      headers: pairs(request['headers']),
      body: bytesOf(request['content']),
    },
  }
  const failure = textOf(membersOf(flow['error'])['msg'])
  if (flow['response'] === null || flow['response'] === undefined)
    return failure === ''
      ? undefined
      : exchangeOf({ ...kept, failure: { name: 'Error', message: failure } }, source.writtenAt)
  const response = membersOf(flow['response'])
  if (response['content'] === null && !frames) {
    lost('a response whose body was not saved', place)
    return undefined
  }
  const trailers = pairs(response['trailers'])
  return exchangeOf(
    {
      ...kept,
      response: {
        status: numberOf(response['status_code']) ?? 200,
        ...(textOf(response['reason']) !== '' && { reason: textOf(response['reason']) }),
        ...(/HTTP\/2/.test(textOf(response['http_version'])) && { version: '2' as const }),
        headers: pairs(response['headers']),
        delayMs: delayOf(request, response),
        body: frames ? null : bytesOf(response['content']),
        ...(trailers.length > 0 && { trailers }),
        ...(frames && { frames }),
      },
    },
    source.writtenAt,
  )
}

function urlOf(request: Members): string {
  const scheme = textOf(request['scheme']) || 'http'
  const host = textOf(request['host'])
  const port = numberOf(request['port']) ?? 0
  const named = pairs(request['headers']).find(([name]) => name.toLowerCase() === 'host')?.[1]
  const authority =
    textOf(request['authority']) || named || (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
  const url = `${scheme}://${authority}${textOf(request['path'])}`
  return url.replace(scheme === 'https' ? /^(https:\/\/[^/]*):443(?=\/)/ : /^(http:\/\/[^/]*):80(?=\/)/, '$1')
}

const delayOf = (request: Members, response: Members): number => {
  const seconds =
    (numberOf(response['timestamp_start']) ?? 0) - (numberOf(request['timestamp_end']) ?? Infinity)
  return Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds * 10) * 100) : 0
}

const pairs = (headers: unknown): HeaderPairs =>
  listOf(headers)
    .map(listOf)
    .map(([name, value]) => [latin(name), latin(value)])

const latin = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('latin1') : textOf(value))

const bytesOf = (content: unknown): Buffer | null =>
  Buffer.isBuffer(content)
    ? content.length === 0
      ? null
      : content
    : textOf(content) === ''
      ? null
      : Buffer.from(textOf(content))

const KINDS: Readonly<Record<number, 'text' | 'binary' | 'ping' | 'pong'>> = {
  1: 'text',
  2: 'binary',
  9: 'ping',
  10: 'pong',
}

/** `websocket.messages`: lists of kind, whether the client sent it, content, and time. */
function framesOf(flow: Members): Frame[] | undefined {
  const socket = membersOf(flow['websocket'])
  if (!Array.isArray(socket['messages'])) return undefined
  let before: number | undefined
  const frames = listOf(socket['messages'])
    .map(listOf)
    .map(([kind, fromClient, content, time]): Frame => {
      const at = numberOf(time) ?? before ?? 0
      const delayMs = Math.max(0, Math.round((at - (before ?? at)) * 1000))
      before = at
      const data = Buffer.isBuffer(content) ? content : Buffer.from(textOf(content))
      return {
        from: fromClient === true ? 'client' : 'server',
        delayMs,
        kind: KINDS[numberOf(kind) ?? 1] ?? 'text',
        data,
      }
    })
  const code = numberOf(socket['close_code'])
  const close: FrameContent =
    code === undefined ? { kind: 'close' } : { kind: 'close', code, reason: textOf(socket['close_reason']) }
  return [
    ...frames,
    { from: socket['closed_by_client'] === true ? 'client' : 'server', delayMs: 0, ...close },
  ]
}
