import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { CassetteError } from '../errors/cassette-error.ts'
import { isGrpc } from '../exchange/wire/grpc-frame.ts'
import { headerValue } from '../exchange/headers.ts'
import type { CassetteOptions } from '../session/options/options.ts'
import { type Client, reply } from './client.ts'
import { CONTROL, control, scopeOfPath } from './control.ts'
import type { Handlers } from './listener.ts'
import { askForUpgrade } from './over-upgrade.ts'
import { askOverHttp2 } from './over-http2.ts'
import { askOverUndici } from './over-undici.ts'
import { type ErrorReply, errorReply, unreachable } from './refused.ts'
import type { Call, Scope, Scopes } from './scopes.ts'
import type { CassetteSummary } from './summary.ts'
import { type Destination, destinationOf, hasDotSegment, type Target } from './targets.ts'

export interface PassageDetails {
  readonly scopes: Scopes
  readonly targets: readonly Target[]
  /** The cassette for requests outside of an open scope. */
  readonly main: Scope | undefined
  readonly options: CassetteOptions
}

/** Where a request goes, and which cassette answers it. */
interface Passed {
  readonly scope: Scope
  readonly destination: Destination
  /** The proxy's URL of the target, as this client knows it. */
  readonly proxyUrl: string
}

/** Passes each request of a client on to its target. */
export class Passage implements Handlers {
  readonly token = randomBytes(24).toString('base64url')
  /** The cassettes that were closed. */
  readonly closed: CassetteSummary[] = []
  /** The URL of the proxy. Known when it listens. */
  url = ''
  requests = 0
  readonly #details: PassageDetails

  constructor(details: PassageDetails) {
    this.#details = details
  }

  request(client: Client): void {
    const { scopes, options } = this.#details
    if (isControl(client.path) && !scopeOfPath(scopes, client.path)) {
      const { token, url, closed } = this
      return void control(client, { scopes, token, options, url, closed: (one) => closed.push(one) })
    }
    const passed = this.#passed(client.path)
    if ('status' in passed) return send(client, passed)
    const { scope, destination, proxyUrl } = passed
    const call: Call = { scope }
    const failed = (error: Error): void => send(client, this.#failure(client.path, call, destination, error))
    scopes.run(call, () => {
      const passing = { client, destination, proxyUrl, failed }
      if (destination.target.http2 || isGrpcCall(client)) askOverHttp2(passing, scope.http2)
      else askOverUndici(passing)
    })
  }

  upgrade(request: IncomingMessage, socket: Duplex, early: Buffer): void {
    const path = request.url ?? '/'
    const passed = this.#passed(path)
    if ('status' in passed) return sendRaw(socket, passed)
    const { scope, destination } = passed
    const call: Call = { scope }
    this.#details.scopes.run(call, () =>
      askForUpgrade(request, socket, early, destination, (error) =>
        sendRaw(socket, this.#failure(path, call, destination, error)),
      ),
    )
  }

  #failure(path: string, { refused }: Call, { target }: Destination, error: Error): ErrorReply {
    if (!refused) return unreachable(path, target.origin, error)
    return errorReply(path, refused)
  }

  #passed(path: string): Passed | ErrorReply {
    const { scopes, targets, main } = this.#details
    const refuse = (message: string): ErrorReply =>
      errorReply(path, new CassetteError('CASSETTE_PROXY', message))
    if (!path.startsWith('/') || hasDotSegment(path))
      return refuse(
        'The proxy forwards only to its targets: send a path that begins with / and has no dot segments.',
      )
    const named = scopeOfPath(scopes, path)
    const destination = destinationOf(targets, named?.path ?? path)
    if (!destination)
      return refuse(
        `No target has this path. The paths are ${targets.map((one) => one.path || '/').join(', ')}.`,
      )
    this.requests += 1
    const scope = named?.scope ?? this.#default(scopes, main)
    if (typeof scope === 'string') return refuse(scope)
    const base = named ? `${this.url}${CONTROL}/${named.scope.id}` : this.url
    return { scope, destination, proxyUrl: `${base}${destination.target.path}` }
  }

  /** The cassette of a request that names none, or why there is none. */
  #default(scopes: Scopes, main: Scope | undefined): Scope | string {
    const opened = scopes.open.filter((one) => one !== main)
    const [only = main] = opened
    if (opened.length > 1)
      return `${opened.length} cassettes are open: use the "url" that ${CONTROL}/open gave as the base URL.`
    return only ?? `No cassette is open: start the proxy with a cassette, or POST ${CONTROL}/open.`
  }
}

const isControl = (path: string): boolean => path === CONTROL || path.startsWith(`${CONTROL}/`)

const isGrpcCall = ({ isHttp2, headers }: Client): boolean =>
  isHttp2 && isGrpc(headerValue(headers, 'content-type') ?? '')

function send(client: Client, { status, headers, body }: ErrorReply): void {
  if (client.hasHead) return client.cut()
  // What the client still sends is read and dropped, so that it gets to read the answer.
  client.body?.resume()
  reply(client, status, headers, body)
}

function sendRaw(socket: Duplex, { status, headers, body }: ErrorReply): void {
  if (socket.destroyed) return
  const lines = [
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Bad Gateway'}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'connection: close',
    `content-length: ${body.byteLength}`,
  ]
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]))
}
