import assert from 'node:assert/strict'
import { once } from 'node:events'

import * as grpc from '@grpc/grpc-js'

import { CassetteMiss, withCassette } from '../../src/index.ts'
import { ask, failure, grpcBench } from './grpc/bench.ts'
import type { Message } from './grpc/echo.ts'
import { stopwatch } from '../helpers/stopwatch.ts'

const SECRET = 'Zq7-a_secret-of-the-environment.42'
const KEY = 'sk-proj-abcdefghij0123456789ABCDEFGHIJ'

describe('gRPC messages in a cassette', () => {
  const bench = grpcBench()
  afterEach(() => {
    delete process.env['ECHO_API_KEY']
  })

  it('are readable, because the client has their definitions', async () => {
    await bench.record(() =>
      ask(bench.client(), { text: 'hi', count: 3, data: Buffer.from('abc'), inner: { text: 'deep' } }),
    )
    const text = bench.read() ?? ''
    assert.match(
      text,
      /\{json: \{text: hi, count: 3, data: YWJj, inner: \{text: deep\}\}, base64: CgJoaRADGgNhYmMiBgoEZGVlcA==\}/,
    )
    assert.match(text, /text: "?re: hi|text: 're: hi'/)
  })

  it('are the same if the messages were compressed, and replay to a client that does not compress', async () => {
    const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }
    const message = { text: 'x'.repeat(3000) }
    const seen = await bench.record(() => ask(bench.client(gzip), message))
    assert.match(bench.read() ?? '', /json: \{text: x{3000}|text: x{3000}/)
    bench.server.stop()
    assert.deepEqual(await bench.replay(() => ask(bench.client(gzip), message)), seen)
    assert.deepEqual(await bench.replay(() => ask(bench.client(), message)), seen)
  })

  it('that no recording answers give the client a status at once, after one attempt', async () => {
    await bench.record(() => ask(bench.client(), { text: 'recorded', inner: { text: 'deep' } }))
    const calls = bench.server.calls
    const elapsed = stopwatch()
    let error: grpc.ServiceError | undefined
    const missed = bench.replay(async () => {
      error = await failure(ask(bench.client(), { text: 'recorded', inner: { text: 'other' } }))
    })
    await assert.rejects(missed, (miss) => {
      assert.ok(miss instanceof CassetteMiss)
      assert.deepEqual(miss.differences, [
        { path: 'messages[0].inner.text', recorded: 'deep', incoming: 'other' },
      ])
      return true
    })
    assert.ok(elapsed() < 300, `${elapsed()} ms`)
    assert.equal(error?.code, grpc.status.FAILED_PRECONDITION)
    assert.match(
      error?.details ?? '',
      /^no recording answers POST http:\/\/localhost:\d+\/test\.Echo\/Unary\n/,
    )
    assert.match(error?.details ?? '', /messages\[0\]\.inner\.text/)
    assert.equal(bench.server.calls, calls)
  })

  it('that differ within a conversation end it, and the error names the message', async () => {
    const talk = (...texts: string[]): Promise<string[]> =>
      new Promise((resolve, reject) => {
        const call = bench.client().Both(new grpc.Metadata(), {})
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
    assert.deepEqual(await bench.record(() => talk('one', 'three')), ['ready', 're: one', 're: three'])
    bench.server.stop()
    assert.deepEqual(await bench.replay(() => talk('one', 'three')), ['ready', 're: one', 're: three'])
    const elapsed = stopwatch()
    let error: grpc.ServiceError | undefined
    await assert.rejects(
      bench.replay(async () => {
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
    assert.ok(elapsed() < 1000, `${elapsed()} ms`)
    assert.ok(error, 'the client saw an error')
    assert.notEqual(error.code, grpc.status.UNAVAILABLE)
  })

  it('never bring a secret into the file, compressed or not, in a conversation or not, and still match', async () => {
    process.env['ECHO_API_KEY'] = SECRET
    const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }
    const run = async (): Promise<unknown[]> => {
      const message = (secret: string): Message => ({
        text: `key ${secret}!`,
        inner: { inner: { text: secret } },
      })
      const answers: unknown[] = [
        await ask(bench.client(), message(SECRET)),
        await ask(bench.client(gzip), message(`${KEY} ${'long '.repeat(300)}`)),
      ]
      const call = bench.client(gzip).Both(new grpc.Metadata(), {})
      const ended = once(call, 'end')
      call.on('data', ({ text }: Message) => answers.push(text))
      for (const text of [SECRET, `a ${KEY} b`]) call.write({ text })
      call.end()
      await ended
      return answers
    }
    await bench.record(run)
    const text = bench.read() ?? ''
    const everything = [
      text,
      ...[...text.matchAll(/base64: ([\w+/=]+)/g)].map(([, base64 = '']) =>
        Buffer.from(base64, 'base64').toString('latin1'),
      ),
    ].join('\n')
    assert.ok(!everything.includes(SECRET) && !everything.includes(KEY))
    assert.match(text, /text: key REDACTED!/)
    bench.server.stop()
    const replayed = JSON.stringify(await bench.replay(run))
    assert.match(replayed, /re: key REDACTED!/)
    assert.match(replayed, /"re: a REDACTED b"/)
    process.env['ECHO_API_KEY'] = 'another-one-of-some-other-length-6'
    assert.ok(!JSON.stringify(replayed).includes(SECRET))
  })

  it('can have a field redacted by its path, whose value then does not matter in a replay', async () => {
    const redact = { json: ['inner.text'] }
    const message = (text: string): Message => ({ text: 'hello', inner: { text } })
    await withCassette(bench.path(), { mode: 'all', redact }, () => ask(bench.client(), message('a name')))
    assert.match(bench.read() ?? '', /\{text: hello, inner: \{text: REDACTED\}\}/)
    assert.ok(!bench.read()?.includes(Buffer.from('a name').toString('base64').slice(0, 6)))
    bench.server.stop()
    const answer = await withCassette(bench.path(), { mode: 'none', redact }, () =>
      ask(bench.client(), message('another')),
    )
    assert.equal(answer.inner?.text, 'REDACTED')
  })

  it('that exceeded a deadline while recording exceed it in a replay, without waiting', async () => {
    const hang = (ms: number): Promise<grpc.ServiceError> =>
      failure(
        new Promise((resolve, reject) => {
          const options = { deadline: Date.now() + ms }
          bench
            .client()
            .Unary({ text: 'hang' }, new grpc.Metadata(), options, (error) =>
              error ? reject(error) : resolve(undefined),
            )
        }),
      )
    assert.equal((await bench.record(() => hang(200))).code, grpc.status.DEADLINE_EXCEEDED)
    const elapsed = stopwatch()
    const replayed = await bench.replay(() => hang(60_000))
    assert.deepEqual([replayed.code, replayed.details], [grpc.status.DEADLINE_EXCEEDED, 'Deadline exceeded'])
    assert.ok(elapsed() < 500, `${elapsed()} ms`)
  })
})
