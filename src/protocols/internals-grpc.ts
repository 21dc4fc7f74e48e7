/**
 * What leans on undocumented details of `@grpc/grpc-js` and of Node's module loader.
 * `test/protocols/grpc-clients.test.ts` fails by name when one of them changes.
 */
import { subscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'

/** The modules of grpc-js that hold `Client` and `createResolver`, of whichever copy. */
const MODULE = /[/\\]@grpc[/\\]grpc-js[/\\]build[/\\]src[/\\](client|resolver)\.js$/

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
  /** Whether a name need not be looked up, as nothing is dialled. */
  readonly isUndialled: (host: string, port: number) => boolean
}

/** Listens to the clients of every copy of grpc-js, those that are loaded and those that will be. */
export function listenToGrpc(listener: GrpcListener): void {
  const { cache } = createRequire(import.meta.url)
  const heard = new WeakSet<object>()
  const look = (): void => {
    for (const name of Object.keys(cache)) {
      const kind = MODULE.exec(name)?.[1]
      const exports = cache[name]?.exports as { Client?: unknown; createResolver?: unknown } | undefined
      const found =
        kind === 'client' ? exports?.Client : kind === 'resolver' ? exports?.createResolver : undefined
      if (!exports || typeof found !== 'function' || heard.has(exports)) continue
      heard.add(exports)
      if (kind === 'client') listenTo(found.prototype as object, listener)
      else listenToResolvers(exports as { createResolver: Method }, listener)
    }
  }
  look()
  // Node's own channel for `require()`; grpc-js is CommonJS, however the program imports it.
  subscribe('tracing:module.require:end', (message) => {
    const { id, parentFilename } = message as { id?: unknown; parentFilename?: unknown }
    if (
      typeof id === 'string' &&
      /(?:^|\/)(?:client|resolver)(?:\.js)?$/.test(id) &&
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

/** @note A method that is not there any more means no descriptors; nothing else depends on it. */
function before(prototype: object, name: string, hear: (client: object, args: unknown[]) => void): void {
  const method: unknown = Reflect.get(prototype, name)
  if (typeof method !== 'function') return
  const heard: Method = function (...args) {
    hear(this, args)
    return Reflect.apply(method, this, args)
  }
  Reflect.set(prototype, name, Object.defineProperty(heard, 'name', { value: name }))
}

/** What a resolver of DNS names is asked for, and what it knows. */
interface DnsResolver {
  lookup?: Method
  resolveTxt?: Method
  readonly port?: unknown
}

/** The class is not exported: its first object shows it. */
function listenToResolvers(module: { createResolver: Method }, { isUndialled }: GrpcListener): void {
  const { createResolver } = module
  const heard = new WeakSet<object>()
  const hear = (resolver: unknown): void => {
    const prototype: unknown =
      typeof resolver === 'object' && resolver !== null && Object.getPrototypeOf(resolver)
    if (typeof prototype !== 'object' || prototype === null || heard.has(prototype)) return
    heard.add(prototype)
    const { lookup, resolveTxt } = prototype as DnsResolver
    if (!lookup || !resolveTxt) return
    Reflect.set(prototype, 'lookup', function (this: DnsResolver, host: string): unknown {
      // Should it be dialled after all, as a channel outlives cassettes, the socket looks the name up.
      const port = Number(this.port)
      return isUndialled(host, port) ? Promise.resolve([{ host, port }]) : Reflect.apply(lookup, this, [host])
    })
    Reflect.set(prototype, 'resolveTxt', function (this: DnsResolver, host: string): unknown {
      return isUndialled(host, Number(this.port))
        ? Promise.resolve([])
        : Reflect.apply(resolveTxt, this, [host])
    })
  }
  module.createResolver = function (...args) {
    const resolver = Reflect.apply(createResolver, this, args)
    hear(resolver)
    return resolver
  }
  try {
    // For channels that are older: nothing is resolved before that is asked for.
    hear(Reflect.apply(createResolver, module, [{ scheme: 'dns', path: 'localhost' }, () => true, {}]))
  } catch {
    // It is being loaded, and has no channels yet.
  }
}
