import * as grpc from '@grpc/grpc-js'

import { withCassette } from '../../../src/index.ts'
import { type Bench, testBench } from '../../helpers/cassette-folder.ts'
import { clientOf, type EchoClient, type EchoServer, type Message, startEcho } from './echo.ts'

export interface GrpcBench extends Pick<Bench, 'path' | 'read'> {
  readonly server: EchoServer
  /** The client is closed after the test. */
  client(options?: grpc.ClientOptions, address?: string): EchoClient
  record<T>(fn: () => Promise<T>, name?: string): Promise<T>
  replay<T>(fn: () => Promise<T>, name?: string): Promise<T>
}

/** Gives every test of a suite a gRPC server without TLS, and a folder for its cassettes. */
export function grpcBench(): GrpcBench {
  const { path, read } = testBench(() => {})
  const current: { server?: EchoServer } = {}
  let clients: EchoClient[] = []
  const server = (): EchoServer => {
    if (!current.server) throw new Error('only inside a test')
    return current.server
  }
  beforeEach(async () => {
    current.server = await startEcho(false)
    clients = []
  })
  afterEach(() => {
    for (const client of clients) client.close()
    current.server?.stop()
  })
  return {
    path,
    read,
    get server() {
      return server()
    },
    client(options = {}, address = server().address) {
      const client = clientOf(address, false, options)
      clients.push(client)
      return client
    },
    record: (fn, name) => withCassette(path(name), { mode: 'all' }, fn),
    replay: (fn, name) => withCassette(path(name), { mode: 'none' }, fn),
  }
}

/** The arguments of the callback of a unary call. */
export const ask = (client: EchoClient, message: Message): Promise<Message> =>
  new Promise((resolve, reject) => {
    client.Unary(message, new grpc.Metadata(), {}, (error, answer) =>
      error ? reject(error) : resolve(answer ?? {}),
    )
  })

export async function failure(asking: Promise<unknown>): Promise<grpc.ServiceError> {
  const error: unknown = await asking.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  )
  return error as grpc.ServiceError
}
