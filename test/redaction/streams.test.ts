import assert from 'node:assert/strict'
import { parseFrame, renderFrame } from '../../src/exchange/wire/eventstream-frame.ts'
import { bodyOf, bytesOf, delta, exchangeOf, redactAnswer, redactorOf, SECRET, sse } from './helpers.ts'

const SSE = 'text/event-stream'
const halves = [SECRET.slice(0, 7), SECRET.slice(7)] as const

describe('a secret that is spread over the events of a stream', () => {
  it('becomes one placeholder in the first of its OpenAI deltas and is removed from the others', () => {
    const [first, second] = halves
    assert.equal(
      redactAnswer(sse(delta(`key ${first}`), delta(second), delta(' end'), '[DONE]'), { type: SSE }),
      sse(delta('key REDACTED'), delta(''), delta(' end'), '[DONE]'),
    )
  })

  it('is removed if it comes character by character', () => {
    const redacted = redactAnswer(sse(...Array.from(SECRET, (letter) => delta(letter))), { type: SSE })
    assert.equal(
      redacted,
      sse(delta('REDACTED'), ...Array.from({ length: SECRET.length - 1 }, () => delta(''))),
    )
  })

  it('is removed from Anthropic text and from the JSON text of tool input, with a newline and quotes in it', () => {
    const secret = 'line one "x"\nline/two'
    const event = (index: number, inner: object): string =>
      `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index, delta: inner })}\n\n`
    const json = JSON.stringify({ key: secret })
    for (let at = 1; at < json.length; at += 1) {
      const body = [json.slice(0, at), json.slice(at)]
        .map((partial_json) => event(1, { type: 'input_json_delta', partial_json }))
        .join('')
      const redacted = redactAnswer(body, { type: SSE }, { patterns: [secret] })
      const joined = [...redacted.matchAll(/^data: (.*)$/gm)]
        .map(([, data = '']) => (JSON.parse(data) as { delta: { partial_json: string } }).delta.partial_json)
        .join('')
      assert.equal(joined, '{"key":"REDACTED"}')
    }
  })

  it('is removed from interleaved streams, which differ by their index', () => {
    const [first, second] = halves
    assert.equal(
      redactAnswer(sse(delta(first, 0), delta('a', 1), delta(second, 0), delta('b', 1)), { type: SSE }),
      sse(delta('REDACTED', 0), delta('a', 1), delta('', 0), delta('b', 1)),
    )
  })

  it('is removed from each choice of an event alone', () => {
    const [first, second] = halves
    const two = (a: string, b: string): unknown => ({
      choices: [{ delta: { content: a } }, { delta: { content: b } }],
    })
    const apart = sse(two('x', first), two(second, 'y'))
    assert.equal(redactAnswer(apart, { type: SSE }), apart)
    assert.equal(
      redactAnswer(sse(two('x', first), two('y', second)), { type: SSE }),
      sse(two('x', 'REDACTED'), two('y', '')),
    )
  })

  it('is removed from data that is not JSON', () => {
    const [first, second] = halves
    assert.equal(redactAnswer(sse(`a ${first}`, `${second} b`), { type: SSE }), sse('a REDACTED', ' b'))
  })

  it('is removed from NDJSON lines and from the elements of a JSON array', () => {
    const [first, second] = halves
    const line = (content: string): string => `${JSON.stringify({ message: { content }, done: false })}\n`
    assert.equal(
      redactAnswer(line(first) + line(second), { type: 'application/x-ndjson' }),
      line('REDACTED') + line(''),
    )
    const gemini = (text: string): unknown => ({ candidates: [{ content: { parts: [{ text }] } }] })
    assert.equal(
      redactAnswer(JSON.stringify([gemini(first), gemini(second)])),
      JSON.stringify([gemini('REDACTED'), gemini('')]),
    )
  })

  it('is found by the form of a key, and by the user\u2019s patterns', () => {
    const key = `sk-proj-${'a1B2'.repeat(12)}`
    assert.equal(
      redactAnswer(
        sse(delta(`see ${key.slice(0, 5)}`), delta(key.slice(5, 20)), delta(`${key.slice(20)} ok`)),
        { type: SSE },
      ),
      sse(delta('see REDACTED'), delta(''), delta(' ok')),
    )
    assert.equal(
      redactAnswer(
        sse(delta('SSN 123-'), delta('45-6789 é')),
        { type: SSE },
        { patterns: [/\d{3}-\d{2}-\d{4}/] },
      ),
      sse(delta('SSN REDACTED'), delta(' é')),
    )
  })

  it('is removed from AWS event streams, whose checksums are computed again', () => {
    const [first, second] = halves
    const frame = (text: string): Buffer =>
      renderFrame(
        { ':event-type': 'contentBlockDelta', ':content-type': 'application/json' },
        Buffer.from(JSON.stringify({ contentBlockIndex: 0, delta: { text } })),
      )
    const body = Buffer.concat([frame('a'), frame(`b ${first}`), frame(`${second} c`), frame(SECRET)])
    const redacted = bytesOf(
      redactorOf().exchange(exchangeOf(body, { type: 'application/vnd.amazon.eventstream' })),
    )
    assert.deepEqual(
      redacted,
      Buffer.concat([frame('a'), frame('b REDACTED'), frame(' c'), frame('REDACTED')]),
    )
  })

  it('is removed from AWS event streams whose payload wraps another event in base64', () => {
    const [first, second] = halves
    const frame = (text: string): Buffer => {
      const bytes = Buffer.from(JSON.stringify({ type: 'content_block_delta', delta: { text } })).toString(
        'base64',
      )
      return renderFrame({ ':event-type': 'chunk' }, Buffer.from(JSON.stringify({ bytes, p: 'abc' })))
    }
    const body = Buffer.concat([frame(first), frame(second)])
    const redacted = bytesOf(
      redactorOf().exchange(exchangeOf(body, { type: 'application/vnd.amazon.eventstream' })),
    )
    assert.deepEqual(redacted, Buffer.concat([frame('REDACTED'), frame('')]))
  })

  it('is removed from AWS event streams that are cut short', () => {
    const whole = renderFrame({ ':event-type': 'x' }, Buffer.from(`{"a":"${SECRET}"}`))
    const body = Buffer.concat([whole, whole.subarray(0, -2)])
    const redacted = bytesOf(
      redactorOf().exchange(exchangeOf(body, { type: 'application/vnd.amazon.eventstream' })),
    )
    assert.ok(!redacted.includes(SECRET))
    const first = parseFrame(redacted.subarray(0, redacted.readUInt32BE(0)))
    assert.equal(first?.payload.toString(), '{"a":"REDACTED"}')
  })

  it('is removed from event streams with CRLF, comments, several data lines and no end', () => {
    const build = (secret: string, end: string): string =>
      `: ping ${secret}\r\n\r\nid: 1\r\nevent: x\r\ndata: {"a":\r\ndata: "${secret}",\r\ndata: "password": "${secret}" }\r\n\r\ndata: {"a":"${end}`
    assert.equal(redactAnswer(build(SECRET, SECRET), { type: SSE }), build('REDACTED', 'REDACTED'))
  })

  it('changes nothing in a stream that does not have it', () => {
    const body = `${sse(delta('a'), delta('b'), { password: '' })}: x\n\nretry: 5\n\n`
    assert.equal(redactAnswer(body, { type: SSE }), body)
  })
})

describe('chunks', () => {
  it('keep their bounds and delays, and the placeholder is in the chunk where the secret starts', () => {
    const body = `0123456789${SECRET}abcdef`
    const end = 10 + SECRET.length
    const redacted = redactorOf().exchange(exchangeOf(body, { type: 'text/plain', cuts: [5, 12, end + 3] }))
    assert.deepEqual(
      redacted.response?.chunks.map(({ data, delayMs }) => [Buffer.from(data).toString(), delayMs]),
      [
        ['01234', 10],
        ['56789REDACTED', 10],
        ['abc', 10],
        ['def', 10],
      ],
    )
  })

  it('give their delay to the next one if nothing is left of them', () => {
    const redacted = redactorOf().exchange(exchangeOf(`a${SECRET}b`, { type: 'text/plain', cuts: [3, 6, 9] }))
    assert.deepEqual(
      redacted.response?.chunks.map(({ data, delayMs }) => [Buffer.from(data).toString(), delayMs]),
      [
        ['aREDACTED', 10],
        ['b', 30],
      ],
    )
  })

  it('are the same objects if nothing was found', () => {
    const exchange = exchangeOf('{"a":1}', { cuts: [2, 4] })
    assert.equal(redactorOf().exchange(exchange).response?.chunks, exchange.response?.chunks)
  })

  it('are not changed in the given exchange', () => {
    const exchange = exchangeOf(sse(delta(SECRET)), { type: SSE, headers: [['set-cookie', 'a=b']] })
    const before = structuredClone(exchange)
    redactorOf().exchange(exchange)
    assert.deepEqual(structuredClone(exchange), before)
    assert.equal(bodyOf(exchange), sse(delta(SECRET)))
  })
})
