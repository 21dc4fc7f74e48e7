import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { WebSocket } from 'ws'

import { openFile } from '../../src/storage/sources/cassette-files.ts'
import { importOne, type Outcome } from '../../src/cli/import-run.ts'
import { withCassette } from '../../src/index.ts'
import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const FIXTURES = fromRoot('test/fixtures/imports')
const BASE = 'http://127.0.0.1:8765'
const SECRET = 'sk-secret-000000000000000000000000'

interface Sample {
  readonly format: string
  readonly file: string
  /** The question that was recorded, if it is another one. */
  readonly content?: string
  /** Headers that a browser sends and that count. Its cookies come from the recorded answer. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cookie?: string
}

/** Files that the tools wrote of the same five calls. */
const SAMPLES: readonly Sample[] = [
  { format: 'vcrpy', file: 'vcrpy.yaml', content: 'Say hello. 😀 naïve' },
  {
    format: 'har',
    file: 'playwright.har',
    headers: { 'accept-language': 'en-US,en;q=0.9' },
    cookie: 'a=REDACTED-1; b=REDACTED-1-2',
  },
  { format: 'har', file: 'polly.har' },
  { format: 'nock', file: 'nock.json' },
  { format: 'undici', file: 'undici.json' },
  { format: 'mitmproxy', file: 'mitmproxy.flows' },
]

describe('importers', () => {
  let folder: ReturnType<typeof tempFolder>

  beforeEach(() => {
    folder = tempFolder()
  })
  afterEach(() => folder.remove())

  const out = (): string => join(folder.path, 'out.yaml')
  const imported = (file: string): Promise<Outcome> =>
    importOne({ path: join(FIXTURES, file), out: out() }, undefined)

  /** Sends requests that a file has recorded, without a network. */
  const replay = <T>(send: () => Promise<T>): Promise<T> => withCassette(out(), { mode: 'none' }, send)

  for (const { format, file, content = 'Say hello.', headers = {}, cookie } of SAMPLES)
    describe(`${file}, which ${format} reads`, () => {
      const chat = (more: object): RequestInit => ({
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
        body: JSON.stringify({ model: 'gpt-5-mini', ...more, messages: [{ role: 'user', content }] }),
      })

      it('replays every call of it, byte for byte', async () => {
        const { file: done, problem } = await imported(file)
        const later = { headers: { ...headers, ...(cookie !== undefined && { cookie }) } }
        assert.deepEqual([done?.format, done?.lost, problem], [format, [], undefined])
        await replay(async () => {
          const whole = await fetch(`${BASE}/v1/chat/completions`, chat({}))
          assert.match(await whole.text(), /"content":"Grüße €"/)
          const stream = await fetch(`${BASE}/v1/chat/completions`, chat({ stream: true }))
          assert.equal(stream.headers.get('content-type'), 'text/event-stream')
          assert.match(await stream.text(), /"Grüße".*\n\ndata: .*" €".*\n\ndata: \[DONE\]\n\n$/)
          const image = await fetch(`${BASE}/image`, later)
          assert.deepEqual(Buffer.from(await image.arrayBuffer()), Buffer.from('89504e4700fffe', 'hex'))
          const missing = await fetch(`${BASE}/missing`, later)
          assert.deepEqual([missing.status, await missing.text()], [404, 'not here'])
          const items = await fetch(`${BASE}/items?page=${file === 'vcrpy.yaml' ? '1e3' : '1'}`, { headers })
          assert.match(await items.text(), /"path":"\/items\?page=1/)
        })
      })

      it('redacts, writes the keys of today, and adds nothing the second time', async () => {
        await imported(file)
        const once = readFileSync(out(), 'utf8')
        assert.ok(!once.includes(SECRET), 'a secret is in the cassette')
        for (const { match } of openFile(out()).entries) assert.ok((match?.v ?? 0) >= 2)
        const { file: again } = await imported(file)
        assert.equal(again?.interactions, 0)
        assert.equal(again?.known, openFile(out()).entries.length)
        assert.equal(readFileSync(out(), 'utf8'), once)
      })
    })

  it("replays promptecho's example, and tells that it keeps no headers of requests", async () => {
    const { file } = await imported('promptecho.yaml')
    assert.equal(file?.format, 'promptecho')
    assert.deepEqual(
      file?.lost.map(({ what }) => what),
      ['the headers of requests: promptecho does not keep them'],
    )
    const body = {
      model: 'claude-opus-4-8',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Summarize: the cat sat on the mat.' }],
    }
    const text = await replay(async () =>
      (await fetch('https://api.anthropic.com/v1/messages', post(body))).text(),
    )
    assert.match(text, /A cat sat on a mat\./)
  })

  it("replays Mastra's recording", async () => {
    const { file } = await imported('mastra.json')
    assert.deepEqual([file?.format, file?.lost], ['mastra', []])
    const [recording] = JSON.parse(readFileSync(join(FIXTURES, 'mastra.json'), 'utf8')) as {
      request: { body: object }
    }[]
    const text = await replay(async () =>
      (await fetch('https://api.openai.com/v1/responses', post(recording?.request.body ?? {}))).text(),
    )
    assert.match(text, /"text":"Test\."/)
  })

  it('replays HTTP and WebSockets of cassetter, and tells what it does not keep of gRPC', async () => {
    const { file } = await imported('cassetter.yaml')
    assert.deepEqual(
      [file?.format, file?.interactions, file?.lost],
      [
        'cassetter',
        4,
        [{ what: 'a gRPC call: cassetter does not keep its server', count: 1, first: 'gRPC interaction 1' }],
      ],
    )
    await replay(async () => {
      const users = await fetch('https://api.example.com/users?page=2', {
        headers: { accept: 'application/json' },
      })
      assert.match(await users.text(), /"score":9\.5/)
      const blob = await fetch('https://api.example.com/blob', {
        method: 'PUT',
        body: Buffer.from('deadbeef00ff', 'hex'),
      })
      assert.equal(blob.status, 204)
      const socket = new WebSocket('wss://ws.example.com/stream', { origin: 'https://example.com' })
      const heard: Buffer[] = []
      const code = await new Promise<number>((resolve, reject) => {
        socket.on('error', reject)
        socket.on('open', () => socket.send('{"subscribe":"ticker"}'))
        socket.on('message', (message: Buffer) => heard.push(message))
        socket.on('close', resolve)
      })
      assert.deepEqual(
        [code, heard.map((one) => one.toString('hex'))],
        [1008, [Buffer.from('{"price":42.5,"symbol":"ACME"}').toString('hex'), '00010203']],
      )
    })
  })

  it('reads a folder of agentrec, and tells of calls of tools', async () => {
    const source = join(folder.path, 'agentrec')
    write(source, 'cassette.json', { agentrec_cassette: 'agentrec', schema_version: 2 })
    const request = {
      method: 'POST',
      url: 'https://api.example.com/v1/things',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
      body_encoding: 'text',
    }
    const response = { status: 201, headers: {}, body: 'AP8=', body_encoding: 'base64', streamed: false }
    const at = { started_at: '2026-05-01T10:00:00Z', duration_ms: 12 }
    writeFileSync(
      join(source, 'interactions.jsonl'),
      [
        { seq: 0, kind: 'http', request, response, ...at },
        { seq: 1, kind: 'tool', request: { name: 'add', arguments: {} }, response: { result: 2 }, ...at },
      ]
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(''),
    )
    const { file } = await importOne({ path: source, out: out() }, undefined)
    assert.deepEqual(
      [file?.format, file?.interactions, file?.lost.map(({ first }) => first)],
      ['agentrec', 1, ['interactions.jsonl, line 2']],
    )
    assert.equal(openFile(out()).entries[0]?.recordedAt, '2026-05-01T10:00:00.000Z')
    const answer = await replay(() => fetch(request.url, post({ a: 1 })))
    assert.deepEqual([answer.status, [...new Uint8Array(await answer.arrayBuffer())]], [201, [0, 255]])
  })

  it('reads a folder of claude-vcr in the order of its index', async () => {
    const source = join(folder.path, 'vcr')
    const body = { model: 'claude-sonnet-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
    write(source, 'index.json', [{ id: 'b' }, { id: 'a' }])
    for (const id of ['a', 'b']) {
      write(source, `${id}.request.json`, {
        method: 'POST',
        url: 'https://api.anthropic.com/v1/messages',
        headers: {},
        body,
      })
      write(source, `${id}.meta.json`, { status: 200, headers: { 'content-type': 'text/event-stream' } })
      writeFileSync(join(source, `${id}.response.bin`), `event: ping\ndata: {"from":"${id}"}\n\n`)
    }
    const { file } = await importOne({ path: source, out: out() }, undefined)
    assert.deepEqual([file?.format, file?.interactions], ['claude-vcr', 2])
    const ask = async (): Promise<string> =>
      (await fetch('https://api.anthropic.com/v1/messages', post(body))).text()
    assert.deepEqual(
      (await replay(async () => [await ask(), await ask()])).map((text) => /"from":"(.)"/.exec(text)?.[1]),
      ['b', 'a'],
    )
  })

  it('makes no object of a tag, and tells of it', async () => {
    const path = join(folder.path, 'tags.yaml')
    const text = readFileSync(join(FIXTURES, 'vcrpy.yaml'), 'utf8')
    writeFileSync(
      path,
      text
        .replace(/^ {4}method: POST$/m, '    method: !!python/object/apply:os.system [POST]')
        .replace(/^ {4}method: GET$/m, '    method: !!python/unicode GET'),
    )
    const { file } = await importOne({ path, out: out() }, undefined)
    assert.deepEqual(
      file?.lost.map(({ what }) => what),
      [
        'the tag !!python/object/apply:os.system: its value is read as plain data',
        'an interaction whose method is no text',
      ],
    )
    assert.equal(file?.interactions, 4)
  })

  it('tells which file is no recording, and where a file is cut off, and keeps what came before', async () => {
    const flows = readFileSync(join(FIXTURES, 'mitmproxy.flows'))
    const cut = join(folder.path, 'cut.flows')
    copyFileSync(join(FIXTURES, 'mitmproxy.flows'), cut)
    truncateSync(cut, flows.length - 100)
    const { file, problem } = await importOne({ path: cut, out: out() }, undefined)
    assert.match(problem ?? '', /cut\.flows, flow \d: is cut off: the file ends within it/)
    assert.equal(file?.interactions, openFile(out()).entries.length)
    assert.ok((file?.interactions ?? 0) >= 4)
    copyFileSync(join(FIXTURES, 'README.md'), join(folder.path, 'notes.md'))
    const { problem: none } = await importOne({ path: join(folder.path, 'notes.md'), out: out() }, undefined)
    assert.match(none ?? '', /notes\.md: is no recording that cassette knows/)
  })
})

const write = (source: string, name: string, json: unknown): void => {
  mkdirSync(source, { recursive: true })
  writeFileSync(join(source, name), JSON.stringify(json))
}

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
