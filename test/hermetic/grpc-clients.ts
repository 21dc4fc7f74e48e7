import * as grpc from '@grpc/grpc-js'

import { type Addresses, errorIn, type Kind, KINDS, told, type Traveller } from './traveller.ts'

const WAIT_MS = 40
const same = (value: Buffer): Buffer => value
const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Travel/${name}`,
  requestStream,
  responseStream,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
})

/** The messages are plain bytes. Their meaning does not matter here. */
const SERVICE = {
  Whole: method('Whole', false, false),
  Stream: method('Stream', false, true),
  Talk: method('Talk', true, true),
  Never: method('Never', false, false),
}

/** Starts a real gRPC server. @returns its port and a function that stops it */
export async function startGrpcServer(keys?: {
  readonly key: string
  readonly cert: string
}): Promise<{ port: number; stop: () => void }> {
  const server = new grpc.Server()
  server.addService(SERVICE, {
    Whole: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) =>
      done(null, Buffer.concat([Buffer.from('answer to '), call.request])),
    Stream(call: grpc.ServerWritableStream<Buffer, Buffer>) {
      for (const part of ['one', 'two', 'three']) call.write(Buffer.from(part))
      // Waits, so that the client has time to abort.
      if (call.request.toString() !== 'aborted') call.end()
    },
    Talk(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      call.on('data', (data: Buffer) => call.write(Buffer.concat([Buffer.from('re: '), data])))
      call.on('end', () => call.end())
      call.on('error', () => {})
    },
    Never() {},
  })
  const { credentials } = {
    credentials: keys
      ? grpc.ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(keys.key), cert_chain: Buffer.from(keys.cert) },
        ])
      : grpc.ServerCredentials.createInsecure(),
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return { port, stop: () => server.forceShutdown() }
}

const channels = new Map<string, grpc.Client>()

function clientOf(kind: Kind, { grpc: plain, grpcs, ca }: Addresses): grpc.Client {
  const address = kind === 'secure' ? grpcs : plain
  const credentials =
    kind === 'secure' ? grpc.credentials.createSsl(Buffer.from(ca)) : grpc.credentials.createInsecure()
  const client = channels.get(address) ?? new grpc.Client(address, credentials)
  channels.set(address, client)
  return client
}

type Method = (typeof SERVICE)[keyof typeof SERVICE]

function unary(client: grpc.Client, { path }: Method, text: string, leave: boolean): Promise<string> {
  return new Promise((resolve) => {
    const call = client.makeUnaryRequest(path, same, same, Buffer.from(text), (error, reply) =>
      resolve(told(error ? errorIn(error) : { reply: reply?.toString() })),
    )
    if (leave) setTimeout(() => call.cancel(), WAIT_MS)
  })
}

async function read(
  call: grpc.ClientReadableStream<Buffer>,
  each: (heard: readonly string[]) => void,
): Promise<string> {
  const heard: string[] = []
  try {
    for await (const data of call) {
      heard.push(String(data))
      each(heard)
    }
    return told({ heard })
  } catch (error) {
    return told({ heard, ...errorIn(error) })
  }
}

async function ask(kind: Kind, addresses: Addresses): Promise<string> {
  const client = clientOf(kind, addresses)
  if (kind === 'whole' || kind === 'secure') return unary(client, SERVICE.Whole, kind, false)
  if (kind === 'abandoned') return unary(client, SERVICE.Never, kind, true)
  const call = client.makeServerStreamRequest(SERVICE.Stream.path, same, same, Buffer.from(kind))
  return read(call, () => kind === 'aborted' && call.cancel())
}

/** Sends each message after the answer to the previous one. */
async function talk(addresses: Addresses): Promise<string> {
  const call = clientOf('stream', addresses).makeBidiStreamRequest(SERVICE.Talk.path, same, same)
  const words = ['first', 'second', 'third'].map((word) => Buffer.from(word))
  call.write(words[0] ?? Buffer.alloc(0))
  return read(call, (heard) => {
    const next = words[heard.length]
    if (next) call.write(next)
    else call.end()
  })
}

const FAMILY = 'gRPC'
const close = (): void => {
  for (const client of channels.values()) client.close()
  channels.clear()
}

export const GRPC_TRAVELLERS: readonly Traveller[] = [
  { name: '@grpc/grpc-js', family: FAMILY, kinds: KINDS, ask, close },
  {
    name: '@grpc/grpc-js, both ways at once',
    family: FAMILY,
    kinds: ['stream'],
    ask: (_, addresses) => talk(addresses),
    close,
  },
]
