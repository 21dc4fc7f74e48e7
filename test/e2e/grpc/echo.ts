import { createHash } from 'node:crypto'
import type http2 from 'node:http2'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { types } from 'node:util'

import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

import { fromRoot } from '../../helpers/shared.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

export interface Message {
  readonly text?: string
  readonly count?: number
  readonly data?: Uint8Array
  readonly inner?: Message
}

type Call = grpc.ServerDuplexStream<Message, Message>

/** The client of the program, with the types that a generator would give it. */
export interface EchoClient extends grpc.Client {
  Unary(
    message: Message,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    done: grpc.requestCallback<Message>,
  ): grpc.ClientUnaryCall
  Up(
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    done: grpc.requestCallback<Message>,
  ): grpc.ClientWritableStream<Message>
  Down(
    message: Message,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
  ): grpc.ClientReadableStream<Message>
  Both(metadata: grpc.Metadata, options: grpc.CallOptions): grpc.ClientDuplexStream<Message, Message>
}

const definition = loadSync(fromRoot('test/fixtures/grpc/echo.proto'), { keepCase: true })
const { test } = grpc.loadPackageDefinition(definition) as unknown as {
  readonly test: {
    readonly Echo: grpc.ServiceClientConstructor & { readonly service: grpc.ServiceDefinition }
  }
}

const keys = selfSigned()

export interface EchoServer {
  readonly address: string
  /** The number of calls that have reached the server. */
  readonly calls: number
  stop(): void
  client(options?: grpc.ClientOptions): EchoClient
}

/** Starts a real gRPC server on a free port. The `text` of a message tells it what to do. */
export async function startEcho(secure: boolean, options: grpc.ServerOptions = {}): Promise<EchoServer> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': 64 * 1024 * 1024, ...options })
  const count = { calls: 0 }
  const counted =
    <Handler extends (...args: never[]) => void>(handler: Handler) =>
    (...args: Parameters<Handler>): void => {
      count.calls++
      handler(...args)
    }
  server.addService(test.Echo.service, {
    Unary: counted((call: grpc.ServerUnaryCall<Message, Message>, done: grpc.sendUnaryData<Message>) =>
      answer(call, call.request, done),
    ),
    Up: counted((call: grpc.ServerReadableStream<Message, Message>, done: grpc.sendUnaryData<Message>) => {
      const texts: string[] = []
      call.on('data', ({ text = '' }: Message) => texts.push(text))
      call.on('end', () => answer(call, { text: texts.join() }, done))
    }),
    Down: counted((call: grpc.ServerWritableStream<Message, Message>) => answerAtLength(call)),
    Both: counted((call: Call) => converse(call)),
  })
  const credentials = secure
    ? grpc.ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(keys.key), cert_chain: Buffer.from(keys.cert) },
      ])
    : grpc.ServerCredentials.createInsecure()
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  const address = `localhost:${port}`
  return {
    address,
    get calls() {
      return count.calls
    },
    stop: () => server.forceShutdown(),
    client: (given = {}) => clientOf(address, secure, given),
  }
}

export function clientOf(address: string, secure: boolean, options: grpc.ClientOptions = {}): EchoClient {
  const credentials = secure
    ? grpc.credentials.createSsl(Buffer.from(keys.cert))
    : grpc.credentials.createInsecure()
  const given = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_receive_message_length': 64 * 1024 * 1024 }
  return new test.Echo(address, credentials, { ...given, ...options }) as unknown as EchoClient
}

type Answering = grpc.ServerUnaryCall<Message, Message> | grpc.ServerReadableStream<Message, Message>

function answer(call: Answering, message: Message, done: grpc.sendUnaryData<Message>): void {
  const { text = '' } = message
  const metadata = new grpc.Metadata()
  metadata.add('x-first', text.slice(0, 20))
  metadata.add('x-first', 'again')
  metadata.add('raw-bin', Buffer.from([0, 255, 7]))
  if (text === 'hang') return
  if (text === 'refuse') {
    const status = new grpc.Metadata()
    status.add('why-bin', Buffer.from([1, 2]))
    return done({ code: grpc.status.PERMISSION_DENIED, details: 'not you: ünï 100 %', metadata: status })
  }
  call.sendMetadata(metadata)
  const trailer = new grpc.Metadata()
  trailer.add('x-last', 'bye')
  trailer.add('last-bin', Buffer.from('z'))
  if (text === 'fail late') return done({ code: grpc.status.ABORTED, details: 'later', metadata: trailer })
  if (text === 'die') return destroy(call as { call?: unknown })
  done(null, { ...message, text: `re: ${text}` }, trailer)
}

function answerAtLength(call: grpc.ServerWritableStream<Message, Message>): void {
  const { text = '', count = 0 } = call.request
  if (text === 'nothing') return void call.end()
  for (let n = 0; n < count; n++)
    call.write({ text: `${text} ${n}`, count: n, data: call.request.data ?? Buffer.alloc(0) })
  if (text === 'hang') return
  if (text === 'die' || text === 'reset')
    return void setTimeout(() => destroy(call as { call?: unknown }, text === 'reset'), 50)
  if (text === 'fail') call.emit('error', { code: grpc.status.DATA_LOSS, details: 'lost' })
  else call.end()
}

/** Sends each message back, `two` twice, and ends when its client ends. */
function converse(call: Call): void {
  call.write({ text: 'ready' })
  call.on('data', ({ text = '' }: Message) => {
    for (let n = 0; n < (text === 'two' ? 2 : 1); n++) call.write({ text: `re: ${text}` })
    if (text === 'die') destroy(call as { call?: unknown })
    if (text === 'stop') call.end()
  })
  call.on('end', () => call.end())
  call.on('error', () => {})
}

interface Inner {
  readonly stream?: http2.ServerHttp2Stream
  readonly nextCall?: Inner
}

/** Destroys the connection at once, like a crash. */
function destroy({ call }: { call?: unknown }, reset = false): void {
  let inner = call as Inner | undefined
  while (inner && !inner.stream) inner = inner.nextCall
  if (!inner?.stream) throw new Error('grpc-js keeps its streams elsewhere now')
  const session: object = inner.stream.session ?? {}
  for (const symbol of Object.getOwnPropertySymbols(session)) {
    const value: unknown = Reflect.get(session, symbol)
    if (!(value instanceof Socket) || types.isProxy(value)) continue
    if (reset && !(value instanceof TLSSocket)) value.resetAndDestroy()
    else value.destroy()
  }
}

/** Everything that a program sees of a call, in order. */
export interface Seen {
  readonly events: unknown[]
}

const listed = (metadata: grpc.Metadata): unknown =>
  Object.fromEntries(
    Object.keys(metadata.getMap())
      // If a status comes without a message, grpc-js takes the response headers for metadata.
      .filter((name) => name !== 'date' && name !== 'content-type')
      .map((name) => [name, metadata.get(name).map(String)]),
  )

const plain = ({ data, ...rest }: Message): unknown =>
  data ? { ...rest, size: data.length, sha256: createHash('sha256').update(data).digest('hex') } : rest

/** Cuts off the timings and addresses that follow a deadline error: they differ in every run. */
const steady = (details = ''): string => details.replace(/ after .*$/, '')

/** Collects the events of a call until its status. */
export async function watch(
  start: (done: grpc.requestCallback<Message>) => grpc.ClientUnaryCall | grpc.ClientReadableStream<Message>,
): Promise<Seen> {
  const events: unknown[] = []
  const call = start((error, message) => {
    if (message) events.push(['answer', plain(message)])
    if (error) events.push(['failed', error.code, steady(error.details)])
  })
  call.on('metadata', (metadata: grpc.Metadata) => events.push(['metadata', listed(metadata)]))
  if ('read' in call) {
    call.on('data', (message: Message) => events.push(['message', plain(message)]))
    call.on('error', (error: grpc.ServiceError) => events.push(['error', error.code, steady(error.details)]))
    call.on('end', () => events.push(['end']))
  }
  const status = await new Promise<grpc.StatusObject>((resolve) => {
    call.on('status', resolve)
  })
  await new Promise(setImmediate)
  events.push(['status', status.code, steady(status.details), listed(status.metadata)])
  return { events }
}
