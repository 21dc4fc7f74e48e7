import assert from 'node:assert/strict'
import { grpcFrame } from '../../../src/exchange/wire/grpc-frame.ts'
import { parseFrame, renderFrame } from '../../../src/exchange/wire/eventstream-frame.ts'
import type { Frame } from '../../../src/exchange/exchange.ts'
import { bytesOf, exchangeOf, redactorOf, sse } from '../helpers.ts'

// After 25 characters the first piece has the shape of a key by itself.
const KEY = 'sk-AbCdEfGhIjKlMnOpQrSt01TAILTAILTAILTAILTAIL9999'

type Redact = (body: string | Buffer, type: string) => Buffer
/** Sends the texts as pieces, redacts what was sent, and returns the texts that remain, joined. */
type Framing = (pieces: readonly string[], redact: Redact) => string

interface Delta {
  readonly delta: string
}

interface ToolCallEvent {
  readonly tool_calls: readonly [{ readonly function: { readonly arguments: string } }]
}

const dataOf = (body: Buffer): string[] =>
  [...body.toString().matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
const deltasOf = (events: readonly string[]): string =>
  events.map((event) => (JSON.parse(event) as Delta).delta).join('')

const FRAMINGS: Readonly<Record<string, Framing>> = {
  'JSON in SSE': (pieces, redact) =>
    deltasOf(dataOf(redact(sse(...pieces.map((delta) => ({ delta }))), 'text/event-stream'))),
  'text in SSE': (pieces, redact) => dataOf(redact(sse(...pieces), 'text/event-stream')).join(''),
  'the arguments of a tool call': (pieces, redact) => {
    const [first = '', ...rest] = pieces
    const last = rest.pop() ?? ''
    const parts = [`{"key":"${first}`, ...rest, `${last}"}`]
    const body = sse(...parts.map((text) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] })))
    const joined = dataOf(redact(body, 'text/event-stream'))
      .map((event) => JSON.parse(event) as ToolCallEvent)
      .map(({ tool_calls: [call] }) => call.function.arguments)
      .join('')
    return (JSON.parse(joined) as { key: string }).key
  },
  NDJSON: (pieces, redact) => {
    const lines = pieces.map((delta) => `${JSON.stringify({ delta })}\n`).join('')
    return deltasOf(redact(lines, 'application/x-ndjson').toString().trimEnd().split('\n'))
  },
  'a JSON array': (pieces, redact) => {
    const body = redact(JSON.stringify(pieces.map((delta) => ({ delta }))), 'application/json')
    return (JSON.parse(body.toString()) as Delta[]).map(({ delta }) => delta).join('')
  },
  'an AWS event stream': (pieces, redact) => {
    const frames = pieces.map((delta) =>
      renderFrame({ ':event-type': 'chunk' }, Buffer.from(JSON.stringify({ delta }))),
    )
    let rest = redact(Buffer.concat(frames), 'application/vnd.amazon.eventstream')
    const payloads: string[] = []
    while (rest.length > 0) {
      const length = rest.readUInt32BE(0)
      payloads.push(parseFrame(rest.subarray(0, length))?.payload.toString() ?? '')
      rest = rest.subarray(length)
    }
    return deltasOf(payloads)
  },
  gRPC: (pieces, redact) => {
    // Field 1, a text of less than 128 bytes.
    const messages = pieces.map((text) =>
      Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]),
    )
    let rest = redact(Buffer.concat(messages.map((message) => grpcFrame(message, 0))), 'application/grpc')
    let joined = ''
    while (rest.length > 0) {
      const end = 5 + rest.readUInt32BE(1)
      joined += rest.subarray(7, end).toString()
      rest = rest.subarray(end)
    }
    return joined
  },
}

/** The texts that a recording keeps of a server's WebSocket messages. */
function heard(texts: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const exchange = exchangeOf('')
  assert.ok(exchange.response !== undefined)
  const frames: Frame[] = texts.map((text) => ({
    from: 'server',
    kind: 'text',
    delayMs: 0,
    data: Buffer.from(text),
  }))
  const response = { ...exchange.response, status: 101, chunks: [], frames }
  const kept = redactorOf(undefined, env).exchange({ ...exchange, response }).response?.frames ?? []
  return kept.map((frame) => ('data' in frame ? Buffer.from(frame.data).toString() : ''))
}

const redactIn =
  (env: Readonly<Record<string, string>>): Redact =>
  (body, type) =>
    bytesOf(redactorOf(undefined, env).exchange(exchangeOf(body, { type })))

describe('a key in pieces leaves nothing behind, wherever it is split', () => {
  for (const [where, env] of [
    ['known from the environment', { OPENAI_API_KEY: KEY }],
    ['known by its looks', {}],
  ] as const) {
    const splits = Array.from({ length: KEY.length - 1 }, (_, at) => [
      [KEY.slice(0, at + 1), KEY.slice(at + 1)],
      [KEY.slice(0, at + 1), ...(KEY.slice(at + 1).match(/.{1,9}/g) ?? [])],
    ]).flat()

    for (const [name, through] of Object.entries(FRAMINGS)) {
      it(`${where}, in ${name}`, () => {
        for (const pieces of splits)
          assert.equal(through(pieces, redactIn(env)), 'REDACTED', pieces.join('|'))
      })
    }

    it(`${where}, in WebSocket messages of JSON`, () => {
      for (const pieces of splits) {
        const messages = pieces.map((delta) => JSON.stringify({ delta }))
        assert.equal(deltasOf(heard(messages, env)), 'REDACTED', pieces.join('|'))
      }
    })

    it(`${where}, in WebSocket messages of text`, () => {
      for (const pieces of splits) assert.equal(heard(pieces, env).join(''), 'REDACTED', pieces.join('|'))
    })
  }

  it('also where a pattern of the user matches the first piece alone', () => {
    const redactor = redactorOf({ patterns: [/ticket-\d{3,}/] }, {})
    const body = sse({ delta: 'ticket-1234' }, { delta: '5678 open' })
    const kept = bytesOf(redactor.exchange(exchangeOf(body, { type: 'text/event-stream' })))
    assert.equal(kept.toString(), sse({ delta: 'REDACTED' }, { delta: ' open' }))
  })
})

describe('whole keys that follow each other', () => {
  const other = `sk-${'q7W8'.repeat(8)}`

  it('are replaced one by one in a list', () => {
    const list = (...keys: readonly string[]): string =>
      keys.map((key) => `${JSON.stringify({ key })}\n`).join('')
    const kept = redactIn({})(list(KEY, other, KEY), 'application/x-ndjson').toString()
    assert.equal(kept, list('REDACTED', 'REDACTED', 'REDACTED'))
  })

  it('are replaced one by one in WebSocket messages', () => {
    assert.deepEqual(heard([KEY, other], {}), ['REDACTED', 'REDACTED'])
    assert.deepEqual(heard([KEY, '(ping)'], {}), ['REDACTED', '(ping)'])
  })

  it('take along what follows without a break, because it may be the rest of the key', () => {
    assert.deepEqual(heard([KEY, 'ping'], {}), ['REDACTED', ''])
  })

  it('leave the words after them', () => {
    const kept = redactIn({})(sse({ delta: KEY }, { delta: ' is it' }), 'text/event-stream').toString()
    assert.equal(kept, sse({ delta: 'REDACTED' }, { delta: ' is it' }))
  })
})
