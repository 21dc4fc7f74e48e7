import { hostOf } from './replaying/address.ts'
import type { ConnectTarget, NonHttpUse, IncomingRequest, Outcome } from '../exchange/gate.ts'
import { isIP } from 'node:net'
import { NetworkDeniedError } from '../errors/network-denied-error.ts'
import { UnseenRequestError } from '../errors/unseen-request-error.ts'
import { UnsupportedProtocolError } from '../errors/unsupported-protocol-error.ts'
import { headerValue } from '../exchange/headers.ts'
import type { SessionContext } from './context.ts'

/** The part of a request that is known before its headers are. */
interface NamedRequest {
  readonly method: string
  readonly url: string
}

/** The method and the redacted address of a request, for messages. */
export function redactedName({ opened }: SessionContext, { method, url }: NamedRequest): NamedRequest {
  return { method, url: opened.redactor.request({ method, url, headers: [], body: null }).url }
}

/** Stops a request that is about to be written to a connection cassette does not see. */
export function refuseUnseen(context: SessionContext, request: NamedRequest): Error | undefined {
  const { ignored, isLive, latch, path, telemetry } = context
  if (ignored(request.method, request.url)) return undefined
  if (telemetry.named(request))
    return isLive ? undefined : new UnseenRequestError(redactedName(context, request), path)
  return latch(new UnseenRequestError(redactedName(context, request), path))
}

/** Answers a request that opens a protocol other than WebSocket: it cannot be recorded. */
export function answerUpgrade(context: SessionContext, incoming: IncomingRequest): Outcome {
  const { isLive, latch, path, opened } = context
  if (isLive) return { kind: 'forward' }
  const protocol = `The protocol ${headerValue(incoming.headers, 'upgrade') ?? ''}`
  const { url } = redactedName(context, incoming)
  return {
    kind: 'refuse',
    error: latch(new UnsupportedProtocolError(protocol, url, path, opened.options.mode)),
  }
}

/** Traffic that is no HTTP, as messages and `ignore` rules name it. */
export interface NamedUse {
  /** The words for the message `A ... was stopped`. */
  readonly what: string
  /** The URL that `ignore` rules are tried on. */
  readonly url: string
  readonly host: string
  readonly port: number | undefined
  /** The `ignore` rule that lets through this and nothing else. */
  readonly rule: string
}

function nameOf(use: NonHttpUse): NamedUse {
  switch (use.kind) {
    case 'unix': {
      const url = `unix://${use.path}`
      return { what: `connection to ${url}`, url, host: use.path, port: undefined, rule: url }
    }
    case 'dns': {
      const host = hostOf(use.host)
      return {
        what: `DNS query for ${host}`,
        url: `dns://${host}/`,
        host: use.host,
        port: undefined,
        rule: host,
      }
    }
    default: {
      const rule = `${hostOf(use.host)}:${use.port}`
      const what = `${use.kind.toUpperCase()} ${use.kind === 'udp' ? 'message' : 'connection'} to ${rule}`
      return { what, url: `${use.kind}://${rule}/`, host: use.host, port: use.port, rule }
    }
  }
}

/** Whether a host is an IP address, or a name that is resolved without a DNS server (RFC 6761, section 6.3). */
const isLocalName = (host: string): boolean =>
  host === '' || isIP(host) !== 0 || /^(.*\.)?localhost\.?$/i.test(host)

/** Whether traffic that no recording can answer is stopped, if `ignore` does not name it. */
function isStopped(use: NonHttpUse, network: 'allow' | 'deny', isLive: boolean): boolean {
  if (network === 'allow' || isLive) return false
  return !(use.kind === 'dns' && use.by === 'lookup' && isLocalName(use.host))
}

/** Decides what `network: 'deny'` stops. */
export class NonHttpUses {
  readonly #context: SessionContext
  /** Hosts that `ignore` lets through by port or URL. Their names may be looked up, because a client does so before it connects. */
  readonly #dialled = new Set<string>()

  constructor(context: SessionContext) {
    this.#context = context
  }

  /** Whether a rule of `ignore` lets this through. Remembers the hosts that may be dialled. */
  ignored(method: string, url: string): boolean {
    const { ignored, opened } = this.#context
    if (!ignored(method, url)) return false
    if (opened.options.network === 'deny') this.#dialled.add(URL.parse(url)?.hostname ?? '')
    return true
  }

  errorFor(use: NonHttpUse): Error | undefined {
    const { opened, playback, isLive, latch, path, telemetry } = this.#context
    const { network, mode } = opened.options
    if (!isStopped(use, network, isLive)) return undefined
    if (use.kind === 'dns' && (playback.has({ host: use.host }) || telemetry.mayLookUp(use.host)))
      return undefined
    const { url, ...named } = nameOf(use)
    if (this.ignored('CONNECT', url) || (use.kind === 'dns' && this.#dialled.has(hostOf(use.host))))
      return undefined
    return latch(new NetworkDeniedError({ ...named, path, mode }))
  }
}

/**
 * Whether a connection may be opened whose request is not known yet. An HTTP/2 connection carries many requests: if the cassette
 * has recordings of the server, the connection is not opened before a request comes that has no recording.
 */
export function mayConnect(
  { ignored, isLive, playback }: SessionContext,
  { host, port, protocol }: ConnectTarget,
): 'open' | 'hold' {
  const name = hostOf(host)
  const urls = ['http', 'https'].map((scheme) => `${scheme}://${name}:${port}/`)
  if (urls.some((url) => ignored('CONNECT', url))) return 'open'
  return isLive && !(protocol === 'http2' && playback.has({ host, port })) ? 'open' : 'hold'
}

/** Whether a request opens a protocol other than WebSocket. What follows cannot be recorded. */
export const isUpgrade = ({ headers, url }: IncomingRequest): boolean =>
  headerValue(headers, 'upgrade') !== undefined && !/^wss?(?:\+unix)?:/i.test(url)
