import { once } from 'node:events'

import * as grpc from '@grpc/grpc-js'

import { type EchoClient, type Message, type Seen, watch } from './echo.ts'

const metadata = (): grpc.Metadata => {
  const some = new grpc.Metadata()
  some.add('x-asked', 'yes')
  some.add('asked-bin', Buffer.from([9, 8]))
  some.add('authorization', 'Bearer not-to-be-stored-anywhere-1')
  return some
}

const unary = (client: EchoClient, message: Message, options: grpc.CallOptions = {}): Promise<Seen> =>
  watch((done) => client.Unary(message, metadata(), options, done))

const down = (client: EchoClient, message: Message, options: grpc.CallOptions = {}): Promise<Seen> =>
  watch(() => client.Down(message, metadata(), options))

function up(client: EchoClient, ...texts: string[]): Promise<Seen> {
  return watch((done) => {
    const call = client.Up(metadata(), {}, done)
    for (const text of texts) call.write({ text })
    call.end()
    return call
  })
}

/** Sends each message after the answer to the previous one. */
function pingPong(client: EchoClient, ...texts: string[]): Promise<Seen> {
  return watch(() => {
    const call = client.Both(metadata(), {})
    void (async () => {
      await once(call, 'data')
      for (const text of texts) {
        call.write({ text })
        await once(call, 'data')
      }
      call.end()
    })()
    return call
  })
}

function pipelined(client: EchoClient, ...texts: string[]): Promise<Seen> {
  return watch(() => {
    const call = client.Both(metadata(), {})
    for (const text of texts) call.write({ text })
    call.end()
    return call
  })
}

async function cancelled(client: EchoClient): Promise<Seen> {
  return watch(() => {
    const call = client.Down({ text: 'hang', count: 2 }, metadata(), {})
    call.on('data', ({ count }: Message) => {
      if (count === 1) call.cancel()
    })
    return call
  })
}

/** Sends messages without an end. */
function unfinished(client: EchoClient): Promise<Seen> {
  return watch((done) => {
    const call = client.Up(metadata(), { deadline: Date.now() + 300 }, done)
    for (const text of ['a', 'b']) call.write({ text })
    return call
  })
}

const image = Buffer.alloc(8 * 1024 * 1024, 'pixels')

/** What programs do with gRPC, by name. */
export const SCENARIOS: Readonly<Record<string, (client: EchoClient) => Promise<Seen>>> = {
  'unary, with metadata both ways': (client) => unary(client, { text: 'hello', inner: { text: 'deep' } }),
  'an empty message': (client) => unary(client, {}),
  'a status without a message, with its own metadata': (client) => unary(client, { text: 'refuse' }),
  'a status after metadata': (client) => unary(client, { text: 'fail late' }),
  'client streaming': (client) => up(client, 'a', 'b', 'c'),
  'client streaming without messages': (client) => up(client),
  'server streaming': (client) => down(client, { text: 'n', count: 5 }),
  'server streaming without messages': (client) => down(client, { text: 'nothing' }),
  'server streaming that fails': (client) => down(client, { text: 'fail', count: 2 }),
  'bidirectional, in turns': (client) => pingPong(client, 'one', 'and', 'other'),
  'bidirectional, all at once': (client) => pipelined(client, 'one', 'two', 'three'),
  'bidirectional, ended by the server': (client) => pipelined(client, 'stop'),
  'messages of 8 MB both ways': (client) => unary(client, { text: 'big', data: image }),
  'cancelled by the client': cancelled,
  'a deadline before any answer': (client) => unary(client, { text: 'hang' }, { deadline: Date.now() + 300 }),
  'a deadline while it is still sending': unfinished,
  'a deadline in mid-stream': (client) =>
    down(client, { text: 'hang', count: 3 }, { deadline: Date.now() + 400 }),
  'a server that dies before it answers': (client) => unary(client, { text: 'die' }),
  'a connection that is reset': (client) => down(client, { text: 'reset', count: 2 }),
  'a server that dies in mid-stream': (client) => down(client, { text: 'die', count: 2 }),
}
