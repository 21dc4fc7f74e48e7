import type { HeaderPairs } from '../../exchange/exchange.ts'
import { headerValue } from '../../exchange/headers.ts'
import { AGENT_PATH, AGENT_PORT, EVENT_ENDPOINTS } from './endpoints.ts'

/** The answer that a service gives to events. */
export interface EventAnswer {
  readonly status: number
  readonly headers: HeaderPairs
  readonly body: Uint8Array
  readonly trailers?: HeaderPairs
}

interface Head {
  readonly method: string
  readonly url: string
  readonly headers: HeaderPairs
}

const utf8 = new TextEncoder()
const json = (status: number, body: string): EventAnswer => ({
  status,
  headers: [
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ],
  body: utf8.encode(body),
})

/** Any service may answer so, if more is not known. */
export const ACCEPTED: EventAnswer = json(200, '{}')

/** The answer of a known service to its events; `undefined`: this address takes none. */
export function answerToEvents(method: string, url: string): EventAnswer | undefined {
  const { hostname, port, pathname } = URL.parse(url) ?? {}
  if (hostname === undefined || pathname === undefined) return undefined
  if (port === AGENT_PORT && AGENT_PATH.test(pathname) && method !== 'GET')
    return json(200, '{"rate_by_service":{}}')
  const found = EVENT_ENDPOINTS.find(
    ({ host, path, methods = ['POST'] }) =>
      methods.includes(method) && host.test(hostname) && path.test(pathname),
  )
  if (!found) return undefined
  return found.body === undefined
    ? { status: found.status, headers: [], body: new Uint8Array() }
    : json(found.status, found.body)
}

/** Whether the host takes events of SDKs, besides whatever else it does. */
export const takesEvents = (host: string): boolean => EVENT_ENDPOINTS.some((one) => one.host.test(host))

const OTLP_PATH = /\/v1\/(?:traces|metrics|logs)$/
const OTLP_GRPC =
  /^\/opentelemetry\.proto\.collector\.(?:trace|metrics|logs)\.v1\.(?:Trace|Metrics|Logs)Service\/Export$/
const OTLP_JSON = /^\s*\{\s*(?:"resource(?:Spans|Metrics|Logs)"\s*:|\}\s*$)/
const PROTOBUF = /^application\/(?:x-)?protobuf\b/i
/** A message of gRPC without content: not compressed, 0 bytes. */
const EMPTY_MESSAGE = new Uint8Array(5)

/** Whether a request may be one of OTLP (OpenTelemetry protocol), by its head. */
export function mayBeOtlp({ method, url, headers }: Head): boolean {
  const { pathname = '' } = URL.parse(url) ?? {}
  const type = headerValue(headers, 'content-type') ?? ''
  return (
    method === 'POST' && (OTLP_PATH.test(pathname) ? /protobuf|json/i.test(type) : isOtlpCall(pathname, type))
  )
}

/**
 * The answer to an OTLP request; `undefined`: the body is none of OTLP.
 * @param body content-decoded
 */
export function answerToOtlp({ url, headers }: Head, body: Uint8Array): EventAnswer | undefined {
  const { pathname = '' } = URL.parse(url) ?? {}
  const type = headerValue(headers, 'content-type') ?? ''
  if (isOtlpCall(pathname, type))
    return {
      status: 200,
      headers: [['content-type', 'application/grpc']],
      body: EMPTY_MESSAGE,
      trailers: [['grpc-status', '0']],
    }
  if (!PROTOBUF.test(type))
    return OTLP_JSON.test(new TextDecoder().decode(body.subarray(0, 200))) ? ACCEPTED : undefined
  // Field 1, with a length; a message without content is an empty batch.
  if (body.length > 0 && body[0] !== 0x0a) return undefined
  return { status: 200, headers: [['content-type', 'application/x-protobuf']], body: new Uint8Array() }
}

const isOtlpCall = (path: string, type: string): boolean =>
  OTLP_GRPC.test(path) && /^application\/grpc\b/i.test(type)
