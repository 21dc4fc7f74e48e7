import { defined } from '../base/defined.ts'
import type { Gate } from '../exchange/gate.ts'
import { isGrpc } from '../exchange/wire/grpc-frame.ts'
import { messageReader } from '../exchange/message-json.ts'
import type { MessageReader, MessageReaders } from '../exchange/exchange.ts'
import { answerGrpcNames, listenToGrpc } from './internals/grpc-js.ts'

const readers = new Map<string, MessageReaders>()
const known = new WeakSet<object>()

/**
 * From now on collects the message readers of the program's gRPC clients. Also keeps these clients from looking up
 * names of hosts that they may not connect to.
 */
export function followGrpcClients(gate: Gate): void {
  listenToGrpc({ service: learnService, call: learnCall })
  // The port is not known yet. If the host may be dialled on another port, the answer does no harm.
  const isUndialled = (host: string): boolean =>
    gate.active() && gate.connect({ host, port: 443, protocol: 'http2' }) === 'hold'
  answerGrpcNames(isUndialled)
}

/** The readers of a call's messages, if they are known, to spread into a request. */
export function readersOfCall(
  path: string | undefined,
  contentType: string | undefined,
): { readonly readers?: MessageReaders } {
  return defined({ readers: path !== undefined && isGrpc(contentType) ? readers.get(path) : undefined })
}

function learnService(definition: object): void {
  if (known.has(definition)) return
  known.add(definition)
  for (const method of Object.values(definition) as unknown[]) {
    if (typeof method !== 'object' || method === null) continue
    const { path, requestDeserialize, responseDeserialize } = method as Readonly<Record<string, unknown>>
    if (typeof path === 'string') learn(path, requestDeserialize, responseDeserialize)
  }
}

function learnCall(path: string, responseDeserialize: unknown): void {
  if (!readers.has(path)) learn(path, undefined, responseDeserialize)
}

function learn(path: string, requestDeserialize: unknown, responseDeserialize: unknown): void {
  const request = readerOf(requestDeserialize)
  const response = readerOf(responseDeserialize)
  readers.set(path, defined({ request, response }))
}

const readerOf = (deserialize: unknown): MessageReader | undefined =>
  typeof deserialize === 'function'
    ? messageReader((bytes) => Reflect.apply(deserialize, undefined, [bytes]) as unknown)
    : undefined
