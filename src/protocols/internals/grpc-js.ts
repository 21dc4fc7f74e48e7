/**
 * What leans on undocumented details of `@grpc/grpc-js` and of Node's module loader.
 * `test/protocols/grpc-clients.test.ts` fails by name when one of them changes.
 */
import { subscribe } from 'node:diagnostics_channel'
import dns from 'node:dns'
import { createRequire, syncBuiltinESMExports } from 'node:module'

import { calledFrom } from './called-from.ts'

/** The module of grpc-js that holds `Client`, of whichever copy. */
const CLIENT_MODULE = /[/\\]@grpc[/\\]grpc-js[/\\]build[/\\]src[/\\]client\.js$/

type Method = (this: object, ...args: unknown[]) => unknown

/** What every call of a client goes through first: it knows the client, whose class has the service's definition. */
const FIRST_STEPS = ['checkOptionalUnaryResponseArguments', 'checkMetadataAndOptions'] as const
/** What is called with a path and two functions where there is no service. */
const BARE_CALLS = [
  'makeUnaryRequest',
  'makeClientStreamRequest',
  'makeServerStreamRequest',
  'makeBidiStreamRequest',
] as const

export interface GrpcListener {
  /** A client of this service makes a call; the definition is as the client was given it. */
  readonly service: (definition: object) => void
  /** A client without a service calls `path`. */
  readonly call: (path: string, responseDeserialize: unknown) => void
}

/** Listens to the clients of every copy of grpc-js, those that are loaded and those that will be. */
export function listenToGrpc(listener: GrpcListener): void {
  const { cache } = createRequire(import.meta.url)
  const heard = new WeakSet<object>()
  const look = (): void => {
    for (const name of Object.keys(cache)) {
      if (!CLIENT_MODULE.test(name)) continue
      const client = (cache[name]?.exports as { Client?: unknown } | undefined)?.Client
      if (typeof client !== 'function' || heard.has(client)) continue
      heard.add(client)
      listenTo(client.prototype as object, listener)
    }
  }
  look()
  // Node's own channel for `require()`; grpc-js is CommonJS, however the program imports it.
  subscribe('tracing:module.require:end', (message) => {
    const { id, parentFilename } = message as { id?: unknown; parentFilename?: unknown }
    if (
      typeof id === 'string' &&
      /(?:^|\/)client(?:\.js)?$/.test(id) &&
      /grpc-js/.test(String(parentFilename))
    )
      look()
  })
}

function listenTo(prototype: object, listener: GrpcListener): void {
  for (const name of FIRST_STEPS) {
    before(prototype, name, (client) => {
      const service: unknown = Reflect.get(client.constructor, 'service')
      if (typeof service === 'object' && service !== null) listener.service(service)
    })
  }
  for (const name of BARE_CALLS) {
    before(prototype, name, (_, [path, , responseDeserialize]) => {
      if (typeof path === 'string') listener.call(path, responseDeserialize)
    })
  }
}

/** @remarks A method that is not there any more means no descriptors; nothing else depends on it. */
function before(prototype: object, name: string, hear: (client: object, args: unknown[]) => void): void {
  const method: unknown = Reflect.get(prototype, name)
  if (typeof method !== 'function') return
  const heard: Method = function (...args) {
    hear(this, args)
    return Reflect.apply(method, this, args)
  }
  Reflect.set(prototype, name, Object.defineProperty(heard, 'name', { value: name }))
}

/** Where grpc-js resolves names, whoever has loaded it: Jest keeps modules to itself, and names their sources in stacks. */
const RESOLVER = /[/\\]grpc-js[/\\](?:build[/\\])?src[/\\]resolver-dns\.[jt]s/

/**
 * Leaves the looking up of names that `isUndialled` names to whoever dials: grpc-js asks before it connects, and is told
 * that the name is its own address. Should it be dialled after all, as a channel outlives cassettes, the socket asks.
 */
export function answerGrpcNames(isUndialled: (host: string) => boolean): void {
  const { lookup, resolveTxt } = dns.promises as unknown as Record<'lookup' | 'resolveTxt', Method>
  const answered =
    (original: Method, answer: (host: string) => unknown): Method =>
    (...args) => {
      const [host] = args
      const isOurs = typeof host === 'string' && isUndialled(host) && isCalledByResolver()
      return isOurs ? Promise.resolve(answer(host)) : Reflect.apply(original, dns.promises, args)
    }
  Reflect.set(
    dns.promises,
    'lookup',
    answered(lookup, (address) => [{ address, family: 4 }]),
  )
  Reflect.set(
    dns.promises,
    'resolveTxt',
    answered(resolveTxt, () => []),
  )
  syncBuiltinESMExports()
}

const isCalledByResolver = (): boolean =>
  calledFrom((frames) => frames.some((frame) => RESOLVER.test(frame)), 9)
