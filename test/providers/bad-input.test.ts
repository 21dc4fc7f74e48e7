import assert from 'node:assert/strict'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { canonicalize, differences, explainMatch, fingerprint } from '../../src/matching.ts'
import type { JsonValue, MatchRequest } from '../../src/matching.ts'
import { canonicalJson } from '../../src/providers/json/canonical-json.ts'
import { runs } from '../helpers/runs.ts'
import { openai, post } from './support.ts'

const URL = 'https://api.openai.com/v1/chat/completions'
const send = (body: MatchRequest['body'], headers: Record<string, string> = {}): MatchRequest => ({
  method: 'POST',
  url: URL,
  headers: { 'content-type': 'application/json', ...headers },
  body: body ?? null,
})
const key = (request: MatchRequest): string => fingerprint(request).matchKey
const chat = (content: string): string => `{"model":"gpt","messages":[{"role":"user","content":${content}}]}`
const nested = (depth: number, leaf = '"x"'): string => '['.repeat(depth) + leaf + ']'.repeat(depth)

describe('bad input: invalid or deeply nested JSON', () => {
  it('matches invalid JSON by its bytes, even if the header says JSON', () => {
    for (const text of ['{"model":"gpt"', "{'a':1}", 'NaN', '{"a":undefined}', '[1,]', '\u0000']) {
      assert.equal(canonicalize(send(text)).op, 'binary', text)
      assert.notEqual(key(send(text)), key(send(`${text} `)), text)
    }
  })

  for (const depth of [200, 500]) {
    it(`reads ${depth} levels and distinguishes two bodies`, () => {
      assert.equal(canonicalize(send(chat(nested(depth)))).op, 'chat')
      assert.notEqual(key(send(chat(nested(depth)))), key(send(chat(nested(depth, '"y"')))))
    })
  }

  for (const depth of [600, 10_000, 1_000_000]) {
    it(`matches ${depth} levels by their bytes`, () => {
      assert.equal(canonicalize(send(chat(nested(depth)))).op, 'binary')
      assert.notEqual(key(send(chat(nested(depth)))), key(send(chat(nested(depth, '"y"')))))
    })

    it(`matches ${depth} levels in the arguments of a call by their text`, () => {
      const call = (leaf: string) => ({
        id: 'a',
        type: 'function',
        function: { name: 'f', arguments: `{"a":${nested(depth, leaf)}}` },
      })
      const ask = (leaf: string) => openai({ messages: [{ role: 'assistant', tool_calls: [call(leaf)] }] })
      assert.notEqual(key(ask('1')), key(ask('2')))
    })
  }

  it('accepts a deeply nested value instead of text', () => {
    let value: JsonValue = []
    let text = '[]'
    for (let depth = 0; depth < 20_000; depth += 1) {
      value = depth % 2 === 0 ? [value, 1] : { a: value, b: undefined, c: null }
      text = depth % 2 === 0 ? `[${text},1]` : `{"a":${text},"c":null}`
    }
    assert.equal(canonicalize(send(value)).op, 'binary')
    assert.equal(key(send(value)), key(send(text)))
  })

  it('reads 10 MB of text and of an image', () => {
    const text = 'x\n"é'.repeat(2_500_000)
    assert.notEqual(key(send(chat(JSON.stringify(text)))), key(send(chat(JSON.stringify(`${text}.`)))))
    const image = (last: string) =>
      send(
        chat(
          `[{"type":"image_url","image_url":{"url":"data:image/png;base64,${'A'.repeat(10_000_000)}${last}"}}]`,
        ),
      )
    assert.notEqual(key(image('AAAA')), key(image('AAAB')))
    assert.ok(JSON.stringify(canonicalize(image('AAAA'))).length < 500)
  })
})

describe('bad input: encodings', () => {
  const plain = send(chat('"hi"'))
  const bytes = Buffer.from(plain.body as string)
  const codings: readonly (readonly [string, Uint8Array])[] = [
    ['gzip', gzipSync(bytes)],
    ['x-gzip', gzipSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['zstd', zstdCompressSync(bytes)],
    ['gzip, br', brotliCompressSync(gzipSync(bytes))],
    ['identity', bytes],
    ['', bytes],
  ]
  for (const [coding, body] of codings) {
    it(`decodes content-encoding ${coding || '(empty)'}`, () => {
      assert.equal(key(send(body, { 'Content-Encoding': coding })), key(plain))
    })
  }

  it('reads a body by its real encoding if the declared one is wrong', () => {
    assert.equal(key(send(bytes, { 'content-encoding': 'gzip' })), key(plain))
    assert.equal(key(send(bytes, { 'content-encoding': 'snappy' })), key(plain))
    assert.equal(key(send(chat('"hi"'), { 'content-encoding': 'gzip' })), key(plain))
    assert.equal(canonicalize(send(gzipSync(bytes), { 'content-encoding': 'br' })).op, 'binary')
    assert.equal(canonicalize(send(gzipSync(bytes))).op, 'binary')
  })

  it('ignores a byte order mark, and matches other charsets by their bytes', () => {
    assert.equal(key(send(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]))), key(plain))
    assert.equal(canonicalize(send(Buffer.from(chat('"hi"'), 'utf16le'))).op, 'binary')
    const latin = (letter: number) => send(Buffer.from(chat(`"${String.fromCharCode(letter)}"`), 'latin1'))
    assert.equal(canonicalize(latin(0xe9)).op, 'binary')
    assert.notEqual(key(latin(0xe9)), key(latin(0xe8)))
  })

  it('treats a byte order mark the same in a string and in bytes', () => {
    const marked = `\uFEFF${chat('"hi"')}`
    assert.equal(key(send(marked)), key(plain))
    for (const text of [marked, '\uFEFF12345678901234567891', '\uFEFFx', '\uFEFF', '\uFEFF\uFEFF{}'])
      assert.equal(key(send(text)), key(send(Buffer.from(text))), JSON.stringify(text))
  })

  it('distinguishes escaped lone surrogates, and encodes unescaped ones as UTF-8 does', () => {
    const keys = ['\\ud800', '\\udfff', '\\ud801', '\\ufffd'].map((escape) => key(send(chat(`"${escape}"`))))
    assert.equal(new Set(keys).size, keys.length)
    assert.equal(key(openai({ messages: [{ role: 'user', content: '\ud800' }] })), keys[0])
    assert.equal(key(send(chat('"\ud800"'))), keys[3])
  })

  it('accepts headers as pairs, lists and in any letter case', () => {
    const body = gzipSync(bytes)
    const spellings: readonly MatchRequest['headers'][] = [
      [['CONTENT-Encoding', 'gzip']],
      { 'content-encoding': ['gzip'] },
    ]
    for (const headers of spellings) {
      assert.equal(
        key({ method: 'POST', url: URL, ...(headers === undefined ? {} : { headers }), body }),
        key(plain),
      )
    }
  })
})

describe('bad input: numbers and names', () => {
  const arguments_ = (text: string) =>
    openai({
      messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: text } }] }],
    })

  it('distinguishes integers past 2^53 in the body and in arguments', () => {
    const generic = (text: string) => ({ method: 'POST', url: 'https://a.example', body: text })
    for (const make of [generic, arguments_]) {
      const keys = [
        '9007199254740992',
        '9007199254740993',
        '-9007199254740993',
        '123456789012345678901',
        '1e400',
        '1e401',
        '-1e400',
      ].map((digits) => key(make(`{"id":${digits}}`)))
      assert.equal(new Set(keys).size, keys.length)
      assert.equal(key(make('{"id":1e2}')), key(make('{"id":100}')))
      assert.equal(key(make('{"id":-0}')), key(make('{"id":0.0}')))
    }
  })

  it('distinguishes them if one is the whole body', () => {
    const whole = (body: string) => post('https://a.example', body)
    const texts = ['12345678901234567891', '12345678901234567892', '-12345678901234567891', '1e400', '1e401']
    assert.equal(new Set(texts.map((text) => key(whole(text)))).size, texts.length)
    assert.equal(key(whole(' 12345678901234567891\n')), key(whole('12345678901234567891')))
  })

  it('shows all their digits in a miss, as valid JSON', () => {
    const [difference] = differences(
      arguments_('{"id":9007199254740993}'),
      arguments_('{"id":9007199254740995}'),
    )
    assert.equal(difference?.path, 'messages[0].tool_calls[0].arguments.id')
    assert.equal(
      JSON.stringify(difference),
      '{"path":"messages[0].tool_calls[0].arguments.id","recorded":9007199254740993,"incoming":9007199254740995}',
    )
  })

  it('accepts __proto__ and similar names as data', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const bodies = (value: number): MatchRequest[] => [
      post('https://a.example', `{"__proto__":{"polluted":${value}},"constructor":{"prototype":${value}}}`),
      send(`{"model":"gpt","messages":[{"role":"user","content":"hi","__proto__":{"polluted":${value}}}]}`),
      send(
        `{"model":"gpt","messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"__proto__":{"const":${value}}}}}}]}`,
      ),
      arguments_(`{"__proto__":{"polluted":${value}}}`),
      send(
        chat(
          `[{"type":"image_url","image_url":{"url":"https://a.example/i"},"__proto__":{"polluted":${value}}}]`,
        ),
      ),
      post(
        'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
        `{"messages":[{"role":"user","content":[{"image":{"source":{"bytes":"AAAA"},"__proto__":{"polluted":${value}}}}]}]}`,
      ),
      post(
        'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent',
        `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"__proto__":${value}}}}]}]}`,
      ),
    ]
    for (const [at, request] of bodies(1).entries()) {
      const other = bodies(2)[at]
      assert.ok(other)
      assert.notEqual(key(request), key(other))
      assert.match(differences(request, other)[0]?.path ?? '', /__proto__/)
      assert.doesNotThrow(() => explainMatch(request, other))
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before)
  })

  it('says in the error that a URL must be absolute', () => {
    assert.throws(() => fingerprint({ method: 'GET', url: '/v1/x' }), {
      name: 'TypeError',
      message: /absolute.*"\/v1\/x"/,
    })
  })
})

describe('bad input: bodies of any shape on every path', () => {
  const paths = [
    'v1/chat/completions', 'v1/responses', 'v1/messages', 'v1beta/models/m:generateContent', 'model/m/converse', 'model/m/invoke',
    'model/m/count-tokens', 'v2/chat', 'api/chat', 'api/generate', 'api/embed', 'generate', 'v1/completions', 'v1/embeddings',
    'v1beta/models/m:batchEmbedContents', 'v1/models/gecko:predict', 'v1/images/generations', 'ask',
  ] // prettier-ignore
  const names = (
    'model messages system input instructions contents systemInstruction tools toolConfig tool_choice functions response_format reasoning ' +
    'thinking prompt inputs parameters options texts requests instances role content parts type text name function arguments tool_calls ' +
    'tool_call_id image_url source document toolUse toolResult toolSpec functionCall functionResponse functionDeclarations generationConfig ' +
    'output_config text chat_template_kwargs mcp_servers web_search_options images stop format think additionalModelRequestFields json_schema'
  ).split(' ')
  const types = [
    'text',
    'tool_use',
    'tool_result',
    'image',
    'image_url',
    'document',
    'input_audio',
    'file',
    'thinking',
    'message',
    'function_call',
    'reasoning',
    'compaction',
  ]
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(null, true, 0, '', 'x', 'user', 'assistant', 'tool'),
        fc.constantFrom(...types),
      ),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 6 }),
    ),
  }))
  const bodies = fc.dictionary(fc.constantFrom(...names), tree, { maxKeys: 8 })

  it('never throws, and gives a stable canonical request that is JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), bodies, (path, body) => {
        const request = post(`https://a.example/${path}`, body as never)
        const canonical = canonicalize(request)
        const text = canonicalJson(canonical)
        assert.equal(canonicalJson(JSON.parse(JSON.stringify(canonical))), text)
        assert.equal(canonicalJson(canonicalize({ ...request, body: JSON.stringify(body, null, 2) })), text)
        assert.deepEqual(differences(request, request), [])
        assert.ok(explainMatch(request, request).matches)
      }),
      { numRuns: runs(3000) },
    )
  })
})
