import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'

import * as grpc from '@grpc/grpc-js'

import { CassetteMiss, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { clientOf, type EchoClient, type EchoServer, type Message, startEcho } from './grpc/echo.ts'

/** What the callback of a unary call is given. */
const ask = (client: EchoClient, message: Message): Promise<Message> =>
  new Promise((resolve, reject) => {
    client.Unary(message, new grpc.Metadata(), {}, (error, answer) =>
      error ? reject(error) : resolve(answer!),
    )
  })

const failure = async (asking: Promise<unknown>): Promise<grpc.ServiceError> => {
  const error: unknown = await asking.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  )
  return error as grpc.ServiceError
}

const SECRET = 'Zq7-a_secret-of-the-environment.42'
const KEY = 'sk-proj-abcdefghij0123456789ABCDEFGHIJ'

describe('gRPC in a cassette', () => {
  const bench = testBench(() => {})
  let server: EchoServer
  let clients: EchoClient[] = []
  beforeEach(async () => {
    server = await startEcho(false)
    clients = []
  })
  afterEach(() => {
    for (const client of clients) client.close()
    server.stop()
    delete process.env['ECHO_API_KEY']
  })

  const client = (options: grpc.ClientOptions = {}): EchoClient => {
    const one = clientOf(server.address, false, options)
    clients.push(one)
    return one
  }
  const record = <T>(fn: () => Promise<T>, name?: string): Promise<T> =>
    withCassette(bench.path(name), { mode: 'all' }, fn)
  const replay = <T>(fn: () => Promise<T>, name?: string): Promise<T> =>
    withCassette(bench.path(name), { mode: 'none' }, fn)

  it('says what its messages say, from the definitions the client has', async () => {
    await record(() =>
      ask(client(), { text: 'hi', count: 3, data: Buffer.from('abc'), inner: { text: 'deep' } }),
    )
    const text = bench.read() ?? ''
    assert.match(
      text,
      /\{json: \{text: hi, count: 3, data: YWJj, inner: \{text: deep\}\}, base64: CgJoaRADGgNhYmMiBgoEZGVlcA==\}/,
    )
    assert.match(text, /text: "?re: hi|text: 're: hi'/)
  })

  it('is the same when messages were compressed, and replays to a client that does not compress', async () => {
    const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }
    const message = { text: 'x'.repeat(3000) }
    const seen = await record(() => ask(client(gzip), message))
    assert.match(bench.read() ?? '', /json: \{text: x{3000}|text: x{3000}/)
    server.stop()
    assert.deepEqual(await replay(() => ask(client(gzip), message)), seen)
    assert.deepEqual(await replay(() => ask(client(), message)), seen)
  })

  it('a miss is a status the client sees, at once, after one attempt', async () => {
    await record(() => ask(client(), { text: 'recorded', inner: { text: 'deep' } }))
    const calls = server.calls
    const began = performance.now()
    let error: grpc.ServiceError | undefined
    const missed = replay(async () => {
      error = await failure(ask(client(), { text: 'recorded', inner: { text: 'other' } }))
    })
    await assert.rejects(missed, (miss) => {
      assert.ok(miss instanceof CassetteMiss)
      assert.deepEqual(miss.differences, [
        { path: 'messages[0].inner.text', recorded: 'deep', incoming: 'other' },
      ])
      return true
    })
    assert.ok(performance.now() - began < 300, `${performance.now() - began} ms`)
    assert.equal(error?.code, grpc.status.FAILED_PRECONDITION)
    assert.match(
      error?.details ?? '',
      /^no recording answers POST http:\/\/localhost:\d+\/test\.Echo\/Unary\n/,
    )
    assert.match(error?.details ?? '', /messages\[0\]\.inner\.text/)
    assert.equal(server.calls, calls)
  })

  it('a miss in a conversation ends it, and names the message', async () => {
    const talk = (...texts: string[]): Promise<string[]> =>
      new Promise((resolve, reject) => {
        const call = client().Both(new grpc.Metadata(), {})
        const heard: string[] = []
        call.on('data', ({ text = '' }: Message) => {
          heard.push(text)
          const next = texts.shift()
          if (next === undefined) call.end()
          else call.write({ text: next })
        })
        call.on('error', reject)
        call.on('end', () => resolve(heard))
      })
    assert.deepEqual(await record(() => talk('one', 'three')), ['ready', 're: one', 're: three'])
    server.stop()
    assert.deepEqual(await replay(() => talk('one', 'three')), ['ready', 're: one', 're: three'])
    const began = performance.now()
    let error: grpc.ServiceError | undefined
    await assert.rejects(
      replay(async () => {
        error = await failure(talk('one', 'four'))
      }),
      (miss) => {
        assert.ok(miss instanceof CassetteMiss, String(miss))
        assert.deepEqual(miss.differences, [
          { path: 'messages[1].text', recorded: 'three', incoming: 'four' },
        ])
        return true
      },
    )
    assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms`)
    assert.ok(error, 'the client saw an error')
    assert.notEqual(error.code, grpc.status.UNAVAILABLE)
  })

  it('no secret of a message, compressed or not, in a conversation or not, reaches the file, and all match', async () => {
    process.env['ECHO_API_KEY'] = SECRET
    const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }
    const run = async (): Promise<unknown[]> => {
      const message = (secret: string): Message => ({
        text: `key ${secret}!`,
        inner: { inner: { text: secret } },
      })
      const answers: unknown[] = [
        await ask(client(), message(SECRET)),
        await ask(client(gzip), message(`${KEY} ${'long '.repeat(300)}`)),
      ]
      const call = client(gzip).Both(new grpc.Metadata(), {})
      const ended = once(call, 'end')
      call.on('data', ({ text }: Message) => answers.push(text))
      for (const text of [SECRET, `a ${KEY} b`]) call.write({ text })
      call.end()
      await ended
      return answers
    }
    await record(run)
    const text = bench.read() ?? ''
    const everything = [
      text,
      ...[...text.matchAll(/base64: ([\w+/=]+)/g)].map(([, base64 = '']) =>
        Buffer.from(base64, 'base64').toString('latin1'),
      ),
    ].join('\n')
    assert.ok(!everything.includes(SECRET) && !everything.includes(KEY))
    assert.match(text, /text: key REDACTED!/)
    server.stop()
    const replayed = JSON.stringify(await replay(run))
    assert.match(replayed, /re: key REDACTED!/)
    assert.match(replayed, /"re: a REDACTED b"/)
    process.env['ECHO_API_KEY'] = 'another-one-of-some-other-length-6'
    assert.ok(!JSON.stringify(replayed).includes(SECRET))
  })

  it('a field can be redacted by its path, and what it held does not matter in a replay', async () => {
    const redact = { json: ['inner.text'] }
    const message = (text: string): Message => ({ text: 'hello', inner: { text } })
    await withCassette(bench.path(), { mode: 'all', redact }, () => ask(client(), message('a name')))
    assert.match(bench.read() ?? '', /\{text: hello, inner: \{text: REDACTED\}\}/)
    assert.ok(!bench.read()?.includes(Buffer.from('a name').toString('base64').slice(0, 6)))
    server.stop()
    const answer = await withCassette(bench.path(), { mode: 'none', redact }, () =>
      ask(client(), message('another')),
    )
    assert.equal(answer.inner?.text, 'REDACTED')
  })

  it('a deadline that was exceeded while recording is exceeded in a replay, without waiting for it', async () => {
    const hang = (ms: number): Promise<grpc.ServiceError> =>
      failure(
        new Promise((resolve, reject) => {
          const options = { deadline: Date.now() + ms }
          client().Unary({ text: 'hang' }, new grpc.Metadata(), options, (error) =>
            error ? reject(error) : resolve(undefined),
          )
        }),
      )
    assert.equal((await record(() => hang(200))).code, grpc.status.DEADLINE_EXCEEDED)
    const began = performance.now()
    const replayed = await replay(() => hang(60_000))
    assert.deepEqual([replayed.code, replayed.details], [grpc.status.DEADLINE_EXCEEDED, 'Deadline exceeded'])
    assert.ok(performance.now() - began < 500, `${performance.now() - began} ms`)
  })

  it('200 calls at once are recorded and replayed, each with its own answer', async () => {
    const calls = async (): Promise<unknown[]> => {
      const one = client()
      return Promise.all(
        Array.from({ length: 200 }, (_, n) => ask(one, { text: `call ${n}` }).then(({ text }) => text)),
      )
    }
    const expected = Array.from({ length: 200 }, (_, n) => `re: call ${n}`)
    assert.deepEqual(await record(calls), expected)
    server.stop()
    assert.deepEqual(await replay(calls), expected)
  }).timeout(30_000)

  it('a channel serves between and across cassettes, live, recorded and replayed', async () => {
    const kept = client()
    const text = async (name: string): Promise<unknown> => (await ask(kept, { text: name })).text
    assert.equal(await text('before'), 're: before')
    assert.equal(await record(() => text('first'), 'a.yaml'), 're: first')
    assert.equal(await text('between'), 're: between')
    assert.equal(await record(() => text('second'), 'b.yaml'), 're: second')
    const calls = server.calls
    assert.equal(await replay(() => text('second'), 'b.yaml'), 're: second')
    assert.equal(await replay(() => text('first'), 'a.yaml'), 're: first')
    assert.equal(server.calls, calls)
    assert.equal(await text('after'), 're: after')
    assert.equal(await record(() => text('third'), 'c.yaml'), 're: third')
    const lost = new Promise((resolve) => {
      kept.getChannel().watchConnectivityState(grpc.connectivityState.READY, Infinity, resolve)
    })
    server.stop()
    await lost
    assert.equal(await replay(() => text('third'), 'c.yaml'), 're: third')
  })

  it('a channel that was opened on a replay goes live afterwards', async () => {
    await record(() => ask(client(), { text: 'recorded' }))
    const kept = client()
    assert.equal((await replay(() => ask(kept, { text: 'recorded' }))).text, 're: recorded')
    assert.equal((await record(() => ask(kept, { text: 'live' }), 'b.yaml')).text, 're: live')
    assert.equal((await ask(kept, { text: 'after' })).text, 're: after')
  })

  it('what ignore names, and what passes through after a miss, goes live', async () => {
    await record(() => ask(client(), { text: 'recorded' }))
    const ignored = { mode: 'none', ignore: server.address } as const
    const live = await withCassette(bench.path(), ignored, () => ask(client(), { text: 'live' }))
    assert.equal(live.text, 're: live')
    const passing = { mode: 'none', onMiss: 'passthrough' } as const
    const kept = client()
    await withCassette(bench.path(), passing, async () => {
      assert.equal((await ask(kept, { text: 'recorded' })).text, 're: recorded')
      assert.equal((await ask(kept, { text: 'missed' })).text, 're: missed')
    })
    await withCassette(bench.path(), { mode: 'new_episodes' }, async () => {
      assert.equal((await ask(kept, { text: 'recorded' })).text, 're: recorded')
      assert.equal((await ask(kept, { text: 'new' })).text, 're: new')
    })
    assert.equal(server.calls, 4)
    server.stop()
    assert.equal((await replay(() => ask(client(), { text: 'new' }))).text, 're: new')
  })

  it('a host that nobody can resolve is no matter in replay', async () => {
    await record(() => ask(client(), { text: 'recorded' }))
    const text = (bench.read() ?? '')
      .replaceAll(server.address, 'no-such-host.invalid:443')
      .replace(/\n {4}match: .*/, '')
    writeFileSync(bench.path(), text)
    const far = clientOf('no-such-host.invalid:443', false)
    clients.push(far)
    assert.equal((await replay(() => ask(far, { text: 'recorded' }))).text, 're: recorded')
  })
})
