import * as fc from 'fast-check'
import { BASE64_PIECE_BYTES } from '../../../src/exchange/body/payload.ts'
import { describeBodyCodec } from '../body-codec-conformance.ts'
import { eventStreamFrames, frame } from '../eventstream-frames.ts'
import { bytesOf, jsonText, oddJsonText } from '../json-arbitraries.ts'

const chat = {
  id: 'c-1',
  choices: [{ index: 0, delta: { content: 'Grüße, 🌍\n' }, finish_reason: null }],
  n: 1.5e-7,
}

describeBodyCodec({
  form: 'json',
  contentType: 'application/json; charset=utf-8',
  samples: [
    JSON.stringify(chat),
    JSON.stringify(chat, null, 2),
    `${JSON.stringify(chat, null, '\t')}\n`,
    JSON.stringify(chat, null, 4).replaceAll('\n', '\r\n'),
    '{"a": 1, "b": ["x: y, z", {}], "c": "\\u00e9\\ud83d\\ude00"}',
    '{"a": 1,"b": [true,null]}   \n',
    '\n    \n  {"late":true}',
    '{"html":"\\u003cb\\u003e \\u0026"}',
    '{"path":"\\/a\\/b"}',
    '\uFEFF{"bom":1}',
    '{"type":"delta","index":0      }',
    '[{\n  "a": 1\n}\n,\r\n{\n  "a": 2\n}\n]\n',
    '[{"a":1}\n,{"a":2}]',
    '{"__proto__":{"polluted":true},"constructor":1,"toString":null}',
    '"a string"',
    'null',
    '12',
    '[]',
    '{}',
    JSON.stringify({ big: 'x'.repeat(200_000), escaped: '"\\\n\u0001\u007f\u2028\uFEFF'.repeat(100) }),
  ],
  arbitrary: bytesOf(fc.oneof(jsonText(), oddJsonText())),
  malformed: [
    [{ json: Number.NaN }, ['json']],
    [{ json: { a: [1, Number.POSITIVE_INFINITY] } }, ['json', 'a', 1]],
    [{ json: 1, indent: 11 }, ['indent']],
    [{ json: 1, indent: '--' }, ['indent']],
    [{ json: 1, pad: -1 }, ['pad']],
    [{ json: 1, pad: 1e9 }, ['pad']],
    [{ json: 1, spaced: 'all' }, ['spaced']],
    [{ json: 1, escape: 1 }, ['escape']],
    [{ json: [1], framing: ['[', ','] }, ['framing', 2]],
    [{ json: 1, delay_ms: '5' }, ['delay_ms']],
  ],
  events: false,
})

describeBodyCodec({
  form: 'text',
  contentType: 'text/plain',
  samples: [
    'hello',
    'line\nline\r\nline\rline',
    '\uFEFFbom',
    'tab\t\0\u001b[0m\u007f\u0085\u2028',
    'ä'.repeat(100_000),
    ' ',
    '\n',
    '...\n---\n',
  ],
  arbitrary: bytesOf(fc.string({ unit: 'binary' })),
  malformed: [
    [{ text: 5 }, ['text']],
    [{ text: null }, ['text']],
    [{ text: 'a', bom: 1 }, ['bom']],
    [{ text: 'a', delay_ms: -1 }, ['delay_ms']],
  ],
  events: false,
})

describeBodyCodec({
  form: 'sse',
  contentType: 'text/event-stream',
  samples: [
    `data: ${JSON.stringify(chat)}\n\ndata: {"a":1.0}\n\ndata: [DONE]\n\n`,
    'event: message_start\ndata: {"type":"message_start","message":{}     }\n\nevent: ping\ndata: {"type": "ping"}\n\n',
    'data: {"candidates": [{"text": "<b>","n": 1}]}\r\n\r\ndata: {"candidates": [{"text": "\\u003cb\\u003e"}]}\r\n\r\n',
    ': OPENROUTER PROCESSING\n\n:\n\n: \n\n\n\nid: 1\nretry: 3000\nretry\ndata\n\ndata: x\n\n',
    'id: 1\nevent: x\ndata: a\ndata: b\ndata: \ndata: c\n\n',
    'data:{"tight":true}\n\nevent:x\ndata:y\n\n',
    'data: a\r\rdata: b\r\r',
    '\uFEFFdata: bom\n\n',
    'data: {"cut": tr\n\ndata: whole\n\ndata: {"cut',
    Buffer.concat([Buffer.from('data: x\n\ndata: '), Buffer.from([0xf0, 0x9f]), Buffer.from('\n\n')]),
    'retry: 010\ndata: x\n\nretry: 10\nid: 7\n\n',
    'raw: x\n\nbase64: eA==\n\ndelay_ms: 7\n\n__proto__: 1\n\ncomment: no\n\ndata: yes\n\n',
    'data: {\ndata:   "a": 1\ndata: }\n\n',
  ],
  arbitrary: bytesOf(
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'data: ',
            'data:',
            'event: x\n',
            'id: ',
            ': c',
            '\n',
            '\n\n',
            '\r\n',
            '\r',
            '\uFEFF',
            ' ',
            'retry: 5\n',
            '{}',
          ),
          jsonText(),
          fc.string({ unit: 'binary', maxLength: 5 }),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join('')),
  ),
  malformed: [
    [{ sse: {} }, ['sse']],
    [{ sse: ['data'] }, ['sse', 0]],
    [{ sse: [{ data: 'x' }, {}] }, ['sse', 1]],
    [{ sse: [{ data: 'x', raw: 'y' }] }, ['sse', 0]],
    [{ sse: [{ data: 5 }] }, ['sse', 0, 'data']],
    [{ sse: [{ data: { jsn: 1 } }] }, ['sse', 0, 'data']],
    [{ sse: [{ data: { json: [Number.NaN] } }] }, ['sse', 0, 'data', 'json', 0]],
    [{ sse: [{ data: { json: 1, indent: true } }] }, ['sse', 0, 'data', 'indent']],
    [{ sse: [{ data: 'a\rb' }] }, ['sse', 0, 'data']],
    [{ sse: [{ retry: -1 }] }, ['sse', 0, 'retry']],
    [{ sse: [{ base64: '%' }] }, ['sse', 0, 'base64']],
    [{ sse: [{ raw: 1 }] }, ['sse', 0, 'raw']],
    [{ sse: [], eol: 'lf' }, ['eol']],
    [{ sse: [], layout: { spaced: 1 } }, ['layout', 'spaced']],
    [{ sse: [{ data: 'x', delay_ms: 'x' }] }, ['sse', 0, 'delay_ms']],
  ],
  events: true,
})

describeBodyCodec({
  form: 'ndjson',
  contentType: 'application/x-ndjson',
  samples: [
    '{"a":1}\n{"a":2}\n',
    '{"a":1}\r\n{"a":2}\r\n',
    '{"a":1}\n\nnot json\n{"a":1.0}\n[]',
    '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n',
    Buffer.concat([Buffer.from('{"a":1}\n'), Buffer.from([0xff, 0xfe]), Buffer.from('\n{"cut":')]),
  ],
  arbitrary: bytesOf(
    fc
      .array(fc.oneof(jsonText(), fc.constantFrom('\n', '\r\n', 'x', '\r', '{"a":1}\n')), { maxLength: 12 })
      .map((parts) => parts.join('')),
  ),
  malformed: [
    [{ ndjson: 'x' }, ['ndjson']],
    [{ ndjson: [{ a: 1 }] }, ['ndjson', 0]],
    [{ ndjson: [{ json: 1, text: 'x' }] }, ['ndjson', 0]],
    [{ ndjson: [{ text: 1 }] }, ['ndjson', 0, 'text']],
    [{ ndjson: [], eol: 'cr' }, ['eol']],
    [{ ndjson: [], layout: 1 }, ['layout']],
    [{ ndjson: [{ text: '', delay_ms: [] }] }, ['ndjson', 0, 'delay_ms']],
  ],
  events: true,
})

describeBodyCodec({
  form: 'form',
  contentType: 'application/x-www-form-urlencoded',
  samples: [
    'grant_type=client_credentials&scope=a+b%2Fc&empty=',
    'a=1&b=2&a=3',
    '10=x&9=y',
    'q=a%20b&__proto__=1',
    'e=%C3%A9%F0%9F%98%80',
  ],
  arbitrary: bytesOf(
    fc
      .array(fc.constantFrom('a', 'b', '1', '=', '&', '+', '%20', '%C3%A9', '%c3', '~', 'é', '__proto__='), {
        maxLength: 20,
      })
      .map((parts) => parts.join('')),
  ),
  malformed: [
    [{ form: 'a=b' }, ['form']],
    [{ form: { a: 1 } }, ['form', 'a']],
    [{ form: [{ name: 'a' }] }, ['form', 0, 'value']],
    [{ form: ['a'] }, ['form', 0]],
    [{ form: {}, space: '+' }, ['space']],
  ],
  events: false,
})

const part = (head: string, body: string): string => `--b0undary\r\n${head}\r\n${body}\r\n`
describeBodyCodec({
  form: 'multipart',
  contentType: 'multipart/form-data; boundary=b0undary',
  samples: [
    `${part('Content-Disposition: form-data; name="model"\r\n', 'whisper-1')}--b0undary--\r\n`,
    `${part('Content-Disposition: form-data; name="a"\r\nContent-Type: application/json\r\n', '{"a": 1}')}--b0undary--`,
    `preamble\r\n${part('', '')}${part('X: y\r\n', 'two\r\n')}--b0undary--\r\nepilogue`,
    Buffer.concat([
      Buffer.from('--b0undary\r\nContent-Type: audio/mpeg\r\n\r\n'),
      Buffer.from([0, 255, 13, 10, 254]),
      Buffer.from('\r\n--b0undary--\r\n'),
    ]),
    Buffer.concat([
      Buffer.from('--b0undary\r\nA: b\r\n\r\n'),
      Buffer.alloc(BASE64_PIECE_BYTES + 10, 0xff),
      Buffer.from('\r\n--b0undary--\r\n'),
    ]),
  ],
  arbitrary: bytesOf(
    fc
      .array(
        fc.constantFrom(
          '--b0undary',
          '--b0undary\r\n',
          '--b0undary--',
          '\r\n',
          '\r\n\r\n',
          'A: b',
          'A:b',
          'text',
          '{}',
          '\0',
          'A: b\r\n\r\n',
        ),
        { maxLength: 14 },
      )
      .map((parts) => `--b0undary\r\n${parts.join('')}`),
  ),
  malformed: [
    [{ multipart: {}, boundary: 'b' }, ['multipart']],
    [{ multipart: [{ headers: {} }], boundary: 'b' }, ['multipart', 0]],
    [{ multipart: [{ text: '' }], boundary: 'b' }, ['multipart', 0, 'headers']],
    [{ multipart: [{ headers: { a: 1 }, text: '' }], boundary: 'b' }, ['multipart', 0, 'headers', 'a']],
    [{ multipart: [] }, ['boundary']],
    [{ multipart: [], boundary: 'b', epilogue: 1 }, ['epilogue']],
  ],
  events: false,
})

describeBodyCodec({
  form: 'base64',
  contentType: 'image/png',
  samples: [
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]),
    Buffer.from([0]),
    Buffer.alloc(BASE64_PIECE_BYTES + 1, 0xfe),
    Buffer.alloc(BASE64_PIECE_BYTES * 2, 0xfe),
    Buffer.alloc(70_000, 0xc3),
  ],
  arbitrary: fc.uint8Array({ maxLength: 300 }),
  malformed: [
    [{ base64: 5 }, ['base64']],
    [{ base64: 'a*b' }, ['base64']],
    [{ base64: 'ab==cd' }, ['base64']],
    [{ base64: ['YQ==', 1] }, ['base64', 1]],
  ],
  events: false,
})

describeBodyCodec({
  form: 'eventstream',
  contentType: 'application/vnd.amazon.eventstream',
  samples: [
    eventStreamFrames([
      {
        headers: { ':event-type': { type: 'string', value: 'chunk' } },
        body: '{"bytes":"eyJhIjoxfQ==","p":"abc"}',
      },
      { headers: { ':event-type': { type: 'string', value: 'é' } }, body: '' },
      { headers: {}, body: 'plain' },
      { headers: {}, body: Buffer.from([255, 0]) },
      { headers: {}, body: '{"a":1.0}' },
    ]),
    Buffer.concat([eventStreamFrames([{ headers: {}, body: '{}' }]), Buffer.from([0, 0, 0, 99])]),
  ],
  arbitrary: fc
    .array(
      fc.oneof(
        fc
          .record({ name: fc.string({ minLength: 1, maxLength: 20 }), body: jsonText() })
          .map(({ name, body }) => frame({ headers: { [name]: { type: 'string', value: 'v' } }, body })),
        fc.uint8Array({ maxLength: 20 }),
      ),
      { maxLength: 4 },
    )
    .map((frames) => Buffer.concat(frames)),
  malformed: [
    [{ eventstream: 1 }, ['eventstream']],
    [{ eventstream: [{ text: 'x' }] }, ['eventstream', 0, 'headers']],
    [{ eventstream: [{ headers: { a: 1 }, text: 'x' }] }, ['eventstream', 0, 'headers', 'a']],
    [{ eventstream: [{ headers: { a: { byte: 128 } }, text: 'x' }] }, ['eventstream', 0, 'headers', 'a']],
    [
      { eventstream: [{ headers: { a: { long: '9223372036854775808' } }, text: 'x' }] },
      ['eventstream', 0, 'headers', 'a'],
    ],
    [{ eventstream: [{ headers: { a: { uuid: 'x' } }, text: 'x' }] }, ['eventstream', 0, 'headers', 'a']],
    [
      { eventstream: [{ headers: { a: { byte: 1, short: 1 } }, text: 'x' }] },
      ['eventstream', 0, 'headers', 'a'],
    ],
    [{ eventstream: [{ headers: {} }] }, ['eventstream', 0]],
    [{ eventstream: [{ raw: '?' }] }, ['eventstream', 0, 'raw']],
    [{ eventstream: [{ raw: ['YQ=='] }] }, ['eventstream', 0, 'raw']],
  ],
  events: true,
})
