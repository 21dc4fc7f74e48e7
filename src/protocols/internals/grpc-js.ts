/**
 * Everything that relies on undocumented details of `@grpc/grpc-js` and of Node's module loader is in this file.
 * `test/protocols/grpc-clients.test.ts` fails by name when one of them changes.
 */
import { subscribe } from 'node:diagnostics_channel'
import dns from 'node:dns'
import { createRequire, syncBuiltinESMExports } from 'node:module'

import { calledFrom } from './called-from.ts'

/** The module that holds `Client`, in any copy of grpc-js. */
const CLIENT_MODULE = /[/\\]@grpc[/\\]grpc-js[/\\]build[/\\]src[/\\]client\.js$/

type Method = (this: object, ...args: unknown[]) => unknown

/** Every call of a client runs one of these first. `this` is the client, and its class has the service definition. */
const FIRST_STEPS = ['checkOptionalUnaryResponseArguments', 'checkMetadataAndOptions'] as const
/** A client without a service definition calls these, with a path, a serializer and a deserializer. */
const BARE_CALLS = [
  'makeUnaryRequest',
  'makeClientStreamRequest',
  'makeServerStreamRequest',
  'makeBidiStreamRequest',
] as const

export interface GrpcListener {
  /** A client of this service makes a call. Gets the definition as it was given to the client. */
  readonly service: (definition: object) => void
  /** A client without a service definition calls `path`. */
  readonly call: (path: string, responseDeserialize: unknown) => void
}

/** Listens to the clients of every copy of grpc-js, whether it is loaded now or later. */
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
  // Node's own diagnostics channel for `require()`. grpc-js is CommonJS, also if the program imports it.
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

/** @remarks If the method no longer exists, descriptors are not found. Nothing else depends on it. */
function before(prototype: object, name: string, hear: (client: object, args: unknown[]) => void): void {
  const method: unknown = Reflect.get(prototype, name)
  if (typeof method !== 'function') return
  const heard: Method = function (...args) {
    hear(this, args)
    return Reflect.apply(method, this, args)
  }
  Reflect.set(prototype, name, Object.defineProperty(heard, 'name', { value: name }))
}

/**
 * The file in which grpc-js resolves names, as a stack trace shows it. Jest loads its own copy and shows the
 * TypeScript source.
 */
const RESOLVER = /[/\\]grpc-js[/\\](?:build[/\\])?src[/\\]resolver-dns\.[jt]s/

/**
 * Answers the look-ups of grpc-js for hosts that `isUndialled` accepts: the name is returned as its own address.
 * grpc-js looks a name up before it connects. A channel can outlive a cassette: if it connects later, the socket does
 * the look-up.
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
