import assert from 'node:assert/strict'
import { checkBody, decodeBody, encodeBody, formOf } from '../../../src/exchange/body/body.ts'
import { MAX_STRUCTURED_DEPTH, MAX_STRUCTURED_NODES } from '../../../src/exchange/body/json/text.ts'
import type { StoredBody } from '../../../src/exchange/body/stored-body.ts'
import { StoredBodyError } from '../../../src/exchange/body/stored-body-error.ts'
import { join, whole } from '../chunks.ts'

const store = (body: string | Uint8Array, contentType?: string): StoredBody =>
  encodeBody(whole(body), contentType === undefined ? {} : { contentType })

const SSE = 'text/event-stream; charset=utf-8'
const JSON_TYPE = 'application/json'

describe('the readable form of a body', () => {
  it('is plain JSON for compact JSON', () => {
    assert.deepEqual(store('{"a":[1,2.5,"x"],"b":null}', JSON_TYPE), { json: { a: [1, 2.5, 'x'], b: null } })
  })

  it('needs no key beside sse for the streams of OpenAI and Anthropic', () => {
    assert.deepEqual(store('data: {"id":1}\n\ndata: [DONE]\n\n', SSE), {
      sse: [{ data: { json: { id: 1 } } }, { data: '[DONE]' }],
    })
    assert.deepEqual(store('event: ping\ndata: {"type":"ping"}\n\n: hi\n\n', SSE), {
      sse: [{ event: 'ping', data: { json: { type: 'ping' } } }, { comment: 'hi' }],
    })
  })

  it('has the common layout of a Gemini stream once', () => {
    const event = 'data: {"candidates": [{"index": 0,"text": "x"}]}\r\n\r\n'
    const stored = store(event + event, SSE)
    const entry = { data: { json: { candidates: [{ index: 0, text: 'x' }] } } }
    assert.deepEqual(stored, { sse: [entry, entry], layout: { spaced: 'colons' }, eol: 'crlf' })
  })

  it('has the padding of an Anthropic event beside its JSON', () => {
    assert.deepEqual(store('event: a\ndata: {"type":"a"    }\n\n', SSE), {
      sse: [{ event: 'a', data: { json: { type: 'a' }, pad: 4 } }],
    })
  })

  it('keeps an event that the end of the stream cut short', () => {
    assert.deepEqual(store('data: x\n\ndata: {"a":', SSE), { sse: [{ data: 'x' }, { raw: 'data: {"a":' }] })
  })

  it('falls back to text for one event and not for the others', () => {
    assert.deepEqual(store('data: {"t":1.0}\n\ndata: {"t":1}\n\n', SSE), {
      sse: [{ data: '{"t":1.0}' }, { data: { json: { t: 1 } } }],
    })
  })

  it('keeps the indent of pretty-printed JSON and the line end after it', () => {
    assert.deepEqual(store('{\n  "a": [\n    1\n  ]\n}\n', JSON_TYPE), {
      json: { a: [1] },
      indent: 2,
      newline: true,
    })
  })

  it('keeps a JSON array that was sent element by element as the array', () => {
    assert.deepEqual(store('[{"a":1},{"a":2}]', JSON_TYPE), { json: [{ a: 1 }, { a: 2 }] })
    assert.deepEqual(store('[{\n  "a": 1\n}\n,\r\n{\n  "a": 2\n}\n]\n', JSON_TYPE), {
      json: [{ a: 1 }, { a: 2 }],
      indent: 2,
      framing: ['[', '\n,\r\n', '\n]'],
      newline: true,
    })
  })

  it('is one entry per line, field, part or message', () => {
    assert.deepEqual(store('{"a":1}\n{"a":2}\n', 'application/x-ndjson'), {
      ndjson: [{ json: { a: 1 } }, { json: { a: 2 } }],
    })
    assert.deepEqual(store('a=1&b=x+y', 'application/x-www-form-urlencoded'), { form: { a: '1', b: 'x y' } })
    assert.deepEqual(store('a=1&a=2', 'application/x-www-form-urlencoded'), {
      form: [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
    })
    assert.deepEqual(
      store('--b\r\nA: b; c="d"\r\n\r\nhello\r\n--b--\r\n', 'multipart/form-data; boundary=b'),
      {
        multipart: [{ headers: { A: 'b; c="d"' }, text: 'hello' }],
        boundary: 'b',
      },
    )
  })

  it('is base64 for bytes, and for control characters unless the content type says text', () => {
    assert.deepEqual(store(Buffer.from([0xff, 0, 1])), { base64: '/wAB' })
    assert.deepEqual(store('a\0b'), { base64: 'YQBi' })
    assert.deepEqual(store('a\0b', 'text/plain'), { text: 'a\0b' })
  })
})

describe('the form of a body', () => {
  const forms: readonly (readonly [string, string | undefined, string, string])[] = [
    ['JSON declared as text', 'text/plain', '{"a":1}', 'json'],
    ['JSON without a content type', undefined, ' [1]', 'json'],
    ['JSON declared as bytes', 'application/octet-stream', '{"a":1}', 'json'],
    ['a JSON error under an event stream type', SSE, '{"error":{"message":"no"}}', 'json'],
    ['a pretty JSON error under an event stream type', SSE, '{\n  "error": "data: x"\n}', 'json'],
    ['an HTML error under an event stream type', SSE, '<html>\n<p>data</p>\n', 'text'],
    ['JSON under a vendor type', 'application/vnd.api+json', '"x"', 'json'],
    ['JSON posted as a form, as curl does', 'application/x-www-form-urlencoded', '{"a":"b=c"}', 'json'],
    ['a number declared as text', 'text/plain', '12', 'text'],
    ['an event stream without a content type', undefined, 'data: x\n\n', 'text'],
    ['NDJSON declared as JSON', JSON_TYPE, '{"a":1}\n{"a":2}\n', 'ndjson'],
    ['one line of NDJSON', 'application/jsonl', '{"a":1}\n', 'ndjson'],
    ['a text of many lines, one of them JSON', 'text/plain', '{"a":1}\nhello\n', 'text'],
    ['plain text under a form type', 'application/x-www-form-urlencoded', 'hello there', 'text'],
    [
      'a multipart body whose boundary is another',
      'multipart/mixed; boundary=x',
      '--y\r\n\r\n\r\n--y--\r\n',
      'text',
    ],
    [
      'a multipart body whose type forgot the boundary',
      'multipart/mixed',
      '--y\r\n\r\n\r\n--y--\r\n',
      'multipart',
    ],
    ['text under an image type', 'image/svg+xml', '<svg/>', 'text'],
    ['nothing', JSON_TYPE, '', 'text'],
  ]
  for (const [name, contentType, body, form] of forms) {
    it(`is ${form} for ${name}`, () => {
      const stored = store(body, contentType)
      assert.equal(formOf(stored), form)
      assert.equal(join(decodeBody(stored)).toString(), body)
    })
  }

  it('is text for JSON that a value cannot express', () => {
    for (const text of [
      '{"a":1.0}',
      '1e3',
      '-0',
      '{"a":1,"a":1}',
      '12345678901234567890',
      '{"b":1,"1":2}',
      '"\\ud800"',
      '"\\u0041"',
      '[1 , 2]',
    ]) {
      assert.deepEqual(store(text, JSON_TYPE), { text }, text)
    }
  })

  it('is text for JSON that YAML would be slow to parse, by its values and not by its length', () => {
    const long = JSON.stringify({ image: 'x'.repeat(4_000_000) })
    assert.equal(formOf(store(long, JSON_TYPE)), 'json')
    const values = (count: number): string =>
      JSON.stringify(Array.from({ length: count }, (_, index) => index))
    assert.equal(formOf(store(values(MAX_STRUCTURED_NODES - 1), JSON_TYPE)), 'json')
    assert.equal(formOf(store(values(MAX_STRUCTURED_NODES), JSON_TYPE)), 'text')
  })

  it('is text for JSON too deep to be indented', () => {
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    assert.equal(formOf(store(deep(MAX_STRUCTURED_DEPTH), JSON_TYPE)), 'json')
    assert.equal(formOf(store(deep(MAX_STRUCTURED_DEPTH + 1), JSON_TYPE)), 'text')
    assert.equal(formOf(store(deep(500_000), JSON_TYPE)), 'text')
  })

  it('keeps the data of a very long stream as text, all of it', () => {
    const event = `data: ${JSON.stringify(Array.from({ length: 99 }, (_, index) => index))}\n\n`
    const stored = store(event.repeat(MAX_STRUCTURED_NODES / 100 + 1), SSE)
    assert.ok(
      'sse' in stored && stored.sse.every((entry) => 'data' in entry && typeof entry.data === 'string'),
    )
    assert.ok('sse' in store(event.repeat(MAX_STRUCTURED_NODES / 100), SSE))
  })

  it('changes no prototype', () => {
    const stored = checkBody(store('{"__proto__":{"polluted":1}}', JSON_TYPE))
    decodeBody(stored)
    store('__proto__=1', 'application/x-www-form-urlencoded')
    store('__proto__: 1\n\ndata: x\n\n', SSE)
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    assert.ok('json' in stored && Object.hasOwn(stored.json as object, '__proto__'))
  })
})

describe('the time of events', () => {
  it('is the time of the chunk that completed each event', () => {
    const chunks = [
      { data: Buffer.from('data: a\n\nda'), delayMs: 50 },
      { data: Buffer.from('ta: b'), delayMs: 30 },
      { data: Buffer.from('\n\ndata: c\n\n'), delayMs: 100 },
      { data: Buffer.from('data: d\n\n'), delayMs: 3 },
    ]
    const stored = encodeBody(chunks, { contentType: SSE })
    assert.deepEqual(stored, {
      sse: [{ delay_ms: 50, data: 'a' }, { delay_ms: 125, data: 'b' }, { data: 'c' }, { data: 'd' }],
    })
    assert.deepEqual(
      decodeBody(stored).map(({ data, delayMs }) => [Buffer.from(data).toString(), delayMs]),
      [
        ['data: a\n\n', 50],
        ['data: b\n\n', 125],
        ['data: c\n\n', 0],
        ['data: d\n\n', 0],
      ],
    )
  })

  it('is one delay for a body without events', () => {
    const chunks = [
      { data: Buffer.from('{"a":'), delayMs: 100 },
      { data: Buffer.from('1}'), delayMs: 200 },
    ]
    const stored = encodeBody(chunks, { contentType: JSON_TYPE })
    assert.deepEqual(stored, { json: { a: 1 }, delay_ms: 300 })
    assert.deepEqual(decodeBody(stored), [{ data: Buffer.from('{"a":1}'), delayMs: 300 }])
  })

  it('is stored the same if the traffic comes a little later or sooner', () => {
    const at = (jitter: number): StoredBody =>
      encodeBody(
        [0, 50, 0, 200].map((ms, index) => ({
          data: Buffer.from(`data: ${index}\n\n`),
          delayMs: Math.max(0, ms + jitter),
        })),
        { contentType: SSE },
      )
    for (const jitter of [-3, 0.2, 2, 4.5]) assert.deepEqual(at(jitter), at(0))
  })
})

describe('a body edited by hand', () => {
  it('is sent as it is now', () => {
    const edited = checkBody({
      sse: [
        { delay_ms: 5, data: { json: { text: 'new\nline' } }, event: 'x' },
        { data: 'two\nlines', retry: 5 },
        { data: { json: { a: 1, b: 2 }, spaced: false, pad: 1 }, note: 'ignored' },
      ],
      layout: { spaced: true },
    })
    assert.equal(
      join(decodeBody(edited)).toString(),
      'data: {"text": "new\\nline"}\nevent: x\n\ndata: two\ndata: lines\nretry: 5\n\ndata: {"a":1,"b":2 }\n\n',
    )
  })

  it('may fold its base64', () => {
    assert.equal(join(decodeBody(checkBody({ base64: 'aGVs\n  bG8=\n' }))).toString(), 'hello')
  })

  it('is refused if it has no form or two', () => {
    for (const value of [
      {},
      { jsn: 1 },
      { json: 1, text: 'x' },
      null,
      undefined,
      [],
      'text',
      { toString: 1 },
    ]) {
      assert.throws(() => checkBody(value), StoredBodyError)
    }
  })

  it('is refused by an error that does not show its content', () => {
    assert.throws(
      () => checkBody({ text: { secret: 'sk-123' } }),
      (error: Error) =>
        error.message ===
        'body.text: expected a string (in quotes), found a mapping.\nSee cassette/docs/errors.md#cassette_body_format',
    )
  })
})

describe('a large body', () => {
  it('of 10,000 events takes time in proportion to their number', () => {
    const stream = (count: number): number => {
      const chunks = Array.from({ length: count }, (_, index) => ({
        data: Buffer.from(`event: delta\ndata: {"index":${index},"text":"hello"}\n\n`),
        delayMs: 20,
      }))
      const start = process.cpuUsage()
      const decoded = decodeBody(encodeBody(chunks, { contentType: SSE }))
      const used = process.cpuUsage(start)
      assert.equal(decoded.length, count)
      assert.deepEqual(join(decoded), join(chunks))
      return used.user + used.system
    }
    stream(1000)
    const thousand = Math.max(stream(1000), 2000)
    assert.ok(stream(10_000) < thousand * 60)
  })

  it('of bytes is held in little more memory than its base64 and itself', function () {
    this.timeout(60_000)
    const piece = Buffer.alloc(1024 * 1024, 0xfe)
    const chunks = Array.from({ length: 48 }, () => ({ data: piece, delayMs: 0 }))
    const stored = encodeBody(chunks, { contentType: 'application/octet-stream' })
    assert.ok('base64' in stored && Array.isArray(stored.base64))
    let bytes = 0
    for (const { data } of decodeBody(stored)) {
      assert.ok(data.every((byte) => byte === 0xfe))
      bytes += data.byteLength
    }
    assert.equal(bytes, 48 * piece.length)
  })

  it('that is malformed in the worst way takes little time', () => {
    const worst: readonly (readonly [string, string])[] = [
      [`[{"a":1.0}${'"\\'.repeat(300_000)}]`, JSON_TYPE],
      ['[{'.repeat(300_000), JSON_TYPE],
      [`{${' '.repeat(500_000)}}`, JSON_TYPE],
      ['\r'.repeat(200_000), SSE],
      ['data: x\n'.repeat(100_000), SSE],
      ['--b\r\n'.repeat(100_000), 'multipart/mixed; boundary=b'],
      [`text/plain${'; '.repeat(20_000)}`, `text/plain${'; '.repeat(20_000)}`],
    ]
    for (const [body, contentType] of worst) {
      const start = process.cpuUsage()
      assert.equal(join(decodeBody(store(body, contentType))).toString(), body)
      const used = process.cpuUsage(start)
      assert.ok(used.user + used.system < 5_000_000, `${body.slice(0, 20)} took ${used.user} µs`)
    }
    assert.throws(() => checkBody({ base64: `${' '.repeat(300_000)}!` }), StoredBodyError)
  })
})
