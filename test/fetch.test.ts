import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

import { recordingFetch } from '../src/fetch.ts'
import { CassetteMiss, ClosedCassetteError, NestedCassetteError, withCassette } from '../src/index.ts'
import { testBench } from './helpers/cassette-folder.ts'
import { fromRoot } from './helpers/shared.ts'

const KEY = ['sk', 'made', 'up', 'for', 'this', 'test'].join('-')

describe('recordingFetch', () => {
  let sendRest: (() => void) | undefined
  let asked = 0
  const bench = testBench((request, response) => {
    asked += 1
    if (request.path === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n')
      sendRest = () => void response.end('data: two\n\n')
      return
    }
    response.setHeader('content-type', 'application/json')
    const body = request.body.length > 0 ? (JSON.parse(request.body.toString()) as { model?: string }) : {}
    response.end(
      JSON.stringify(
        request.path === '/v1/messages'
          ? { role: 'assistant', content: [{ type: 'text', text: `by ${body.model}` }] }
          : { choices: [{ message: { role: 'assistant', content: `by ${body.model}` } }], asked },
      ),
    )
  })
  beforeEach(() => void (asked = 0))

  const text = async (fetch: typeof globalThis.fetch, path: string, init?: RequestInit): Promise<string> =>
    (await fetch(bench.url(path), init)).text()

  it('records and replays the SDKs of OpenAI and Anthropic, with the server stopped', async () => {
    const messages = [{ role: 'user' as const, content: 'Who are you?' }]
    const ask = async (): Promise<unknown[]> => {
      await using fetch = recordingFetch({ path: bench.path() })
      const openai = new OpenAI({ apiKey: KEY, baseURL: bench.url('/v1'), fetch })
      const anthropic = new Anthropic({ apiKey: KEY, baseURL: bench.url(''), fetch })
      const chat = await openai.chat.completions.create({ model: 'gpt-5', messages })
      const message = await anthropic.messages.create({ model: 'claude-5', max_tokens: 9, messages })
      return [chat.choices[0]?.message.content, message.content, fetch.recorded, fetch.played]
    }
    const answers = ['by gpt-5', [{ type: 'text', text: 'by claude-5' }]]
    assert.deepEqual(await ask(), [...answers, 2, 0])
    assert.ok(!bench.read()?.includes(KEY))
    await bench.server.close()
    assert.deepEqual(await ask(), [...answers, 0, 2])
  })

  it('gives a stream while it is recorded, and responses of the global class', async () => {
    const fetch = recordingFetch({ path: bench.path() })
    const response = await fetch(new Request(bench.url('/stream')))
    assert.ok(response instanceof Response)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    assert.equal((await reader?.read())?.value, 'data: one\n\n')
    sendRest?.()
    assert.equal((await reader?.read())?.value, 'data: two\n\n')
    assert.equal((await reader?.read())?.done, true)
    await fetch.close()
    await using replaying = recordingFetch({ path: bench.path(), mode: 'none' })
    assert.equal(await text(replaying, '/stream'), 'data: one\n\ndata: two\n\n')
    assert.equal(asked, 1)
  })

  it('gives a stream that the client has left up to where it left', async () => {
    const fetch = recordingFetch({ path: bench.path() })
    const aborting = new AbortController()
    const response = await fetch(bench.url('/stream'), { signal: aborting.signal })
    await response.body?.getReader().read()
    aborting.abort()
    await fetch.close()
    assert.match(bench.read() ?? '', /data: one|sse: .*one/)
    assert.match(bench.read() ?? '', /incomplete: true/)
  })

  it('misses by name, also if the client swallowed it', async () => {
    const recording = recordingFetch({ path: bench.path() })
    await text(recording, '/a', { method: 'POST', body: '{"model":"one"}' })
    await recording.close()
    const replaying = recordingFetch({ path: bench.path(), mode: 'none' })
    await text(replaying, '/a', { method: 'POST', body: '{"model":"two"}' }).catch(() => {})
    assert.equal(replaying.misses.length, 1)
    await assert.rejects(replaying.close(), (error: Error) => {
      assert.ok(error instanceof CassetteMiss)
      assert.match(error.message, /model\b[^]*"one"[^]*"two"/)
      return true
    })
    assert.equal(asked, 1)
  })

  it('is refused beside a cassette, and refuses one', async () => {
    const fetch = recordingFetch({ path: bench.path('a.yaml') })
    assert.throws(() => recordingFetch({ path: bench.path('b.yaml') }), NestedCassetteError)
    await assert.rejects(
      withCassette(bench.path('b.yaml'), async () => {}),
      NestedCassetteError,
    )
    await fetch.close()
    await withCassette(bench.path('b.yaml'), async () =>
      assert.throws(() => recordingFetch({ path: bench.path('a.yaml') }), NestedCassetteError),
    )
  })

  it('refuses a request after it was closed, without the query of its URL', async () => {
    const fetch = recordingFetch({ path: bench.path() })
    await fetch.close()
    await assert.rejects(fetch(bench.url('/late?key=1234')), (error: Error) => {
      assert.ok(error instanceof ClosedCassetteError)
      assert.doesNotMatch(error.message, /1234/)
      return true
    })
  })

  it('refuses unknown options, and leaves the place free', async () => {
    const unknown = { path: bench.path(), modes: 'none' }
    assert.throws(() => recordingFetch(unknown), { code: 'CASSETTE_OPTION' })
    await recordingFetch({ path: bench.path() }).close()
  })

  it('changes nothing else in the process, and an exit keeps what was recorded', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      fromRoot('test/programs/recording-fetch.ts'),
      bench.path(),
      bench.server.url,
    ])
    assert.deepEqual(JSON.parse(stdout), { changed: [], recorded: 1 })
    assert.deepEqual(
      [...(bench.read() ?? '').matchAll(/url: .*\/([a-z-]+)$/gm)].map(([, name]) => name),
      ['recorded'],
    )
  })
})
