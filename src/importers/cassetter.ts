import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Exchange, Frame, FrameContent } from '../exchange/exchange.ts'
import { exchangeOf } from './exchange-of.ts'
import { grpcExchange } from './grpc-exchange.ts'
import type { Importer, Lost } from './importer.ts'
import { readPythonYaml } from './python-yaml.ts'
import { bodyOf, listOf, type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** cassetter: HTTP, gRPC and WebSockets in one YAML file. */
export const cassetter: Importer = {
  format: 'cassetter',
  fits: ({ head }) => {
    const text = head.toString('latin1')
    return (
      /^(?:interactions|grpc_interactions|ws_interactions):/m.test(text) &&
      /^\s+type: (?:none|json|text|binary)$/m.test(text)
    )
  },
  *read(source, lost) {
    const file = membersOf(readPythonYaml(source, lost))
    for (const [i, one] of listOf(file['interactions']).entries())
      yield http(membersOf(one), source, `interaction ${i + 1}`)
    for (const [i, one] of listOf(file['grpc_interactions']).entries()) {
      const exchange = grpc(membersOf(one), source, `gRPC interaction ${i + 1}`, lost)
      if (exchange) yield exchange
    }
    for (const [i, one] of listOf(file['ws_interactions']).entries())
      yield webSocket(membersOf(one), source, `WebSocket interaction ${i + 1}`)
  },
}

function http({ request, response, recorded_at: at }: Members, source: Source, place: string): Exchange {
  const asked = membersOf(request)
  const told = membersOf(response)
  const url = urlOf(asked['uri'], source, place)
  return exchangeOf(
    {
      at: textOf(at),
      request: {
        method: textOf(asked['method']),
        url,
        headers: pairsOf(asked['headers']),
        body: typed(asked['body']),
      },
      response: {
        status: numberOf(told['status']) ?? 200,
        headers: pairsOf(told['headers']),
        body: typed(told['body']),
      },
    },
    source.writtenAt,
  )
}

function urlOf(uri: unknown, source: Source, place: string): string {
  if (!URL.canParse(textOf(uri))) throw new ImportError(source.path, place, 'has no "uri" that is a URL')
  return textOf(uri)
}

/** `{type, content}`; bytes are in hex. */
function typed(body: unknown): Buffer | null {
  const { type, content } = membersOf(body)
  if (type === 'binary') return Buffer.from(textOf(content), 'hex')
  if (type === 'json') return Buffer.from(JSON.stringify(content ?? null))
  return type === 'text' ? bodyOf(content) : null
}

function grpc(
  { request, response, recorded_at: at }: Members,
  source: Source,
  place: string,
  lost: Lost,
): Exchange | undefined {
  const asked = membersOf(request)
  const told = membersOf(response)
  const host = pairsOf(asked['metadata']).find(([name]) => name === ':authority' || name === 'host')?.[1]
  if (host === undefined) {
    lost('a gRPC call: cassetter does not keep its server', place)
    return undefined
  }
  return grpcExchange(
    {
      url: `https://${host}${textOf(asked['method'])}`,
      metadata: pairsOf(asked['metadata']),
      requests: [typed(asked['body']) ?? Buffer.alloc(0)],
      responses: [typed(told['body']) ?? Buffer.alloc(0)],
      status: numberOf(told['status_code']) ?? 0,
      message: textOf(told['status_message']),
      at: textOf(at),
    },
    source.writtenAt,
  )
}

function webSocket(
  { uri, headers, frames, recorded_at: at }: Members,
  source: Source,
  place: string,
): Exchange {
  let before = 0
  const told = listOf(frames)
    .map(membersOf)
    .map((frame): Frame => {
      const offset = numberOf(frame['offset_ms']) ?? before
      const delayMs = Math.max(0, offset - before)
      before = offset
      return {
        from: frame['direction'] === 'send' ? 'client' : 'server',
        delayMs,
        ...frameOf(textOf(frame['frame_type']), typed(frame['body']) ?? Buffer.alloc(0)),
      }
    })
  return exchangeOf(
    {
      at: textOf(at),
      request: { method: 'GET', url: urlOf(uri, source, place), headers: pairsOf(headers), body: null },
      response: {
        status: 101,
        headers: [
          ['upgrade', 'websocket'],
          ['connection', 'Upgrade'],
        ],
        body: null,
        frames: told,
      },
    },
    source.writtenAt,
  )
}

function frameOf(type: string, data: Buffer): FrameContent {
  if (type === 'close')
    return data.length < 2
      ? { kind: 'close' }
      : { kind: 'close', code: data.readUInt16BE(0), reason: data.toString('utf8', 2) }
  return { kind: type === 'text' || type === 'ping' || type === 'pong' ? type : 'binary', data }
}
