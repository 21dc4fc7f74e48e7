import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'

import * as grpc from '@grpc/grpc-js'
import { WebSocket, WebSocketServer } from 'ws'

import { withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'

/** Two users, who log in at the same time. The server tells each who it is by the session that it gave. */
interface Protocol {
  /** Starts a server. */
  start(users: Users): Promise<{ port: number; stop: () => void }>
  /** Connects as a user, `goOn` when it has its session, and asks who it is. */
  whoAmI(port: number, name: string, goOn: () => Promise<void>): Promise<string>
}

class Users {
  readonly ids = new Map<string, string>()
  logIn(name: string): string {
    const id = randomBytes(16).toString('hex')
    this.ids.set(id, name)
    return id
  }
  of(id: unknown): string {
    return this.ids.get(String(id)) ?? 'nobody'
  }
}

const http2Headers: Protocol = {
  async start(users) {
    const server = http2.createServer()
    const sessions = new Set<http2.ServerHttp2Session>()
    server.on('session', (session) => sessions.add(session))
    server.on('stream', (stream, headers) => {
      const name = /\/login\/(\w+)/.exec(String(headers[':path']))?.[1]
      stream.respond({
        'content-type': 'application/json',
        ...(name === undefined ? {} : { 'x-session-id': users.logIn(name) }),
      })
      stream.end(JSON.stringify({ who: users.of(headers['x-session-id']) }))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const stop = (): void => {
      for (const session of sessions) session.destroy()
      server.close()
    }
    return { port: (server.address() as AddressInfo).port, stop }
  },
  async whoAmI(port, name, goOn) {
    const session = http2.connect(`http://127.0.0.1:${port}`)
    const ask = async (headers: http2.OutgoingHttpHeaders): Promise<[http2.IncomingHttpHeaders, string]> => {
      const stream = session.request(headers)
      let text = ''
      stream.setEncoding('utf8').on('data', (data: string) => (text += data))
      const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
      await once(stream, 'end')
      return [head, text]
    }
    const [head] = await ask({ ':path': `/login/${name}` })
    await goOn()
    const [, text] = await ask({ ':path': '/me', 'x-session-id': String(head['x-session-id']) })
    session.close()
    return (JSON.parse(text) as { who: string }).who
  },
}

const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value }
const method = (name: string): grpc.MethodDefinition<Buffer, Buffer> => ({
  path: `/test.Users/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
})
const service = { logIn: method('LogIn'), me: method('Me') }

const grpcMetadata: Protocol = {
  async start(users) {
    const server = new grpc.Server()
    server.addService(service, {
      logIn(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
        const metadata = new grpc.Metadata()
        metadata.set('x-session-id', users.logIn(call.request.toString()))
        call.sendMetadata(metadata)
        done(null, Buffer.from('hello'))
      },
      me(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
        done(null, Buffer.from(users.of(call.metadata.get('x-session-id')[0])))
      },
    })
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
    return { port: await promise, stop: () => server.forceShutdown() }
  },
  async whoAmI(port, name, goOn) {
    const Client = grpc.makeGenericClientConstructor(service, 'Users')
    const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
    const call = (which: keyof typeof service, body: string, metadata: grpc.Metadata) => {
      const { promise, resolve, reject } = Promise.withResolvers<[string, grpc.Metadata]>()
      const { path } = service[which]
      let head = new grpc.Metadata()
      client
        .makeUnaryRequest(
          path,
          bytes.serialize,
          bytes.deserialize,
          Buffer.from(body),
          metadata,
          (error, answer) => (error ? reject(error) : resolve([String(answer), head])),
        )
        .on('metadata', (given: grpc.Metadata) => (head = given))
      return promise
    }
    const [, head] = await call('logIn', name, new grpc.Metadata())
    await goOn()
    const metadata = new grpc.Metadata()
    metadata.set('x-session-id', String(head.get('x-session-id')[0]))
    const [who] = await call('me', '', metadata)
    client.close()
    return who
  },
}

const webSocket: Protocol = {
  async start(users) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (socket, { url = '', headers }) => {
      const name = /\/login\/(\w+)/.exec(url)?.[1]
      if (name === undefined) return socket.send(JSON.stringify({ who: users.of(headers['x-session-id']) }))
      socket.send(JSON.stringify({ session_token: users.logIn(name) }))
      socket.on('message', (data) => {
        const { resume } = JSON.parse((data as Buffer).toString()) as { resume: string }
        socket.send(JSON.stringify({ welcome: users.of(resume) }))
      })
    })
    await once(server, 'listening')
    const stop = (): void => {
      for (const socket of server.clients) socket.terminate()
      server.close()
    }
    return { port: (server.address() as AddressInfo).port, stop }
  },
  async whoAmI(port, name, goOn) {
    const next = async (socket: WebSocket): Promise<Record<string, string>> =>
      JSON.parse(String((await once(socket, 'message'))[0])) as Record<string, string>
    const close = async (socket: WebSocket): Promise<void> => {
      socket.close()
      await once(socket, 'close')
    }
    const login = new WebSocket(`ws://127.0.0.1:${port}/login/${name}`)
    const { session_token: id = '' } = await next(login)
    login.send(JSON.stringify({ resume: id }))
    const { welcome } = await next(login)
    await close(login)
    await goOn()
    const me = new WebSocket(`ws://127.0.0.1:${port}/me`, { headers: { 'x-session-id': id } })
    const { who = '' } = await next(me)
    await close(me)
    return welcome === who ? who : `${welcome} is ${who}`
  },
}

const PROTOCOLS = {
  'headers of HTTP/2': http2Headers,
  'metadata of gRPC': grpcMetadata,
  WebSocket: webSocket,
}

describe('what a server gave by', () => {
  const bench = testBench((_, response) => void response.end())

  for (const [title, { start, whoAmI }] of Object.entries(PROTOCOLS))
    it(`${title} tells sessions apart, and is not in the file`, async () => {
      const users = new Users()
      const { port, stop } = await start(users)
      /** Both log in, the first first. Then they ask, in the order of `turns`. */
      const run = async (names: readonly string[], turns: readonly string[]): Promise<string[]> => {
        const gates = new Map(names.map((name) => [name, Promise.withResolvers<void>()]))
        const running: Promise<string>[] = []
        for (const name of names) {
          const { promise: hasSession, resolve } = Promise.withResolvers<void>()
          running.push(
            whoAmI(port, name, async () => {
              resolve()
              await gates.get(name)?.promise
            }),
          )
          await Promise.race([hasSession, running.at(-1)])
        }
        const answers: string[] = []
        for (const name of turns) {
          gates.get(name)?.resolve()
          answers.push(await (running[names.indexOf(name)] as Promise<string>))
        }
        return answers
      }
      const recorded = await withCassette(bench.path(), () => run(['Ann', 'Bob'], ['Ann', 'Bob']))
      assert.deepEqual(recorded, ['Ann', 'Bob'])
      stop()
      const text = readFileSync(bench.path(), 'utf8')
      for (const id of users.ids.keys()) assert.ok(!text.includes(id), text)
      assert.match(text, /REDACTED-1\b[^]*REDACTED-2\b/)

      for (const names of [
        ['Ann', 'Bob'],
        ['Bob', 'Ann'],
      ])
        assert.deepEqual(
          await withCassette(bench.path(), { mode: 'none' }, () => run(names, ['Bob', 'Ann'])),
          ['Bob', 'Ann'],
          names.join(),
        )
    })
})
