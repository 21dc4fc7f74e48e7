import assert from 'node:assert/strict'
import { canonicalize } from '../../../../src/matching.ts'
import type { MatchRequest } from '../../../../src/matching.ts'
import { type Case, checkAll, paths } from '../../support.ts'

interface Part {
  readonly head: string
  readonly data: string | Uint8Array
}

const field = (name: string, data: string, more = ''): Part => ({
  head: `Content-Disposition: form-data; name="${name}"${more}`,
  data,
})
const file = (
  name: string,
  filename: string,
  data: string | Uint8Array = 'bytes',
  type = 'audio/wav',
): Part => ({
  head: `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}`,
  data,
})

function form(
  parts: readonly Part[],
  path = 'audio/transcriptions',
  boundary = 'b1',
  end = '\r\n',
): MatchRequest {
  const chunks = parts.flatMap(({ head, data }) => [
    `--${boundary}${end}${head.replaceAll('\r\n', end)}${end}${end}`,
    data,
    end,
  ])
  return {
    method: 'POST',
    url: `https://api.openai.com/v1/${path}`,
    headers: { 'Content-Type': `multipart/form-data; boundary="${boundary}"` },
    body: Buffer.concat([...chunks, `--${boundary}--${end}`].map((chunk) => Buffer.from(chunk))),
  }
}

const speech = file('file', 'a.wav')
const whisper = field('model', 'whisper-1')
const upload = (...parts: Part[]) => form(parts, 'files')

const mixed = (boundary: string, type: string, content: string): string =>
  `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${content}\r\n--${boundary}--\r\n`
/** A batch as OData sends it: a change set inside a batch. */
const batch = (outer: string, inner: string, content: string, type = 'application/http'): MatchRequest => ({
  method: 'POST',
  url: 'https://graph.example/v1/$batch',
  headers: { 'content-type': `multipart/mixed; boundary=${outer}` },
  body: mixed(outer, `multipart/mixed; boundary=${inner}`, mixed(inner, type, content)),
})

describe('multipart', () => {
  checkAll([
    [
      'another boundary, other order of fields',
      'same',
      form([whisper, speech]),
      form([speech, whisper], undefined, 'other'),
    ],
    ['line ends of LF', 'same', form([whisper, speech]), form([whisper, speech], undefined, 'b1', '\n')],
    [
      'the basename and the content type of a file',
      'same',
      form([whisper, speech]),
      form([whisper, file('file', 'tmp123.WAV', 'bytes', 'application/octet-stream')]),
    ],
    ['the extension of a file', 'different', form([whisper, speech]), form([whisper, file('file', 'a.mp3')])],
    [
      'a file without an extension',
      'different',
      form([whisper, speech]),
      form([whisper, file('file', 'blob')]),
    ],
    [
      'a file name in UTF-8',
      'same',
      form([whisper, speech]),
      form([whisper, field('file', 'bytes', "; filename*=UTF-8''na%C3%AFve.wav")]),
    ],
    [
      'bytes that are no text',
      'different',
      form([whisper, file('file', 'a.wav', Uint8Array.of(0, 255, 13, 10))]),
      form([whisper, file('file', 'a.wav', Uint8Array.of(0, 255, 13, 11))]),
    ],
    [
      'the order within a repeated field',
      'different',
      form([field('x[]', 'a'), field('x[]', 'b')]),
      form([field('x[]', 'b'), field('x[]', 'a')]),
    ],
    ['x[] and x', 'same', form([field('x[]', 'a')]), form([field('x', 'a')])],
    [
      'a JSON part',
      'same',
      form([
        {
          head: 'Content-Disposition: form-data; name="j"\r\nContent-Type: application/json',
          data: '{"a": 1}',
        },
      ]),
      form([
        {
          head: 'Content-Disposition: form-data; name="j"; filename="blob"\r\nContent-Type: application/json',
          data: '{"a":1}',
        },
      ]),
    ],
    [
      'JSON text that is not declared as JSON',
      'different',
      form([field('j', '{"a": 1}')]),
      form([field('j', '{"a":1}')]),
    ],
    ['values are strings', 'different', form([field('t', '0')]), form([field('t', '0.0')])],
    [
      'user of a known operation',
      'same',
      form([whisper, speech, field('user', 'u')]),
      form([whisper, speech]),
    ],
    ['user of an upload nobody knows', 'different', upload(speech, field('user', 'u')), upload(speech)],
    ['streaming', 'semantic', form([whisper, speech, field('stream', 'true')]), form([whisper, speech])],
    ['the model', 'semantic', form([whisper, speech]), form([field('model', 'other'), speech])],
    [
      'transcribed or translated',
      'different',
      form([whisper, speech]),
      form([whisper, speech], 'audio/translations'),
    ],
    ['an empty form', 'different', form([]), form([field('a', '')])],
    [
      'Azure: the deployment',
      'semantic',
      { ...form([speech]), url: 'https://x.openai.azure.com/openai/deployments/a/audio/transcriptions' },
      { ...form([speech]), url: 'https://x.openai.azure.com/openai/deployments/b/audio/transcriptions' },
    ],
    [
      'another host of a known operation',
      'same',
      form([speech]),
      { ...form([speech]), url: 'https://gateway.example/v1/audio/transcriptions' },
    ],
    [
      'another host of an upload',
      'different',
      upload(speech),
      { ...upload(speech), url: 'https://gateway.example/v1/files' },
    ],
    [
      'the query of an upload',
      'different',
      { ...upload(speech), url: 'https://api.openai.com/v1/files?folder=a' },
      { ...upload(speech), url: 'https://api.openai.com/v1/files?folder=b' },
    ],
    [
      'a secret in the query of an upload',
      'same',
      { ...upload(speech), url: 'https://api.openai.com/v1/files?token=9f8b2c7d1e4a5f60718293a4' },
      { ...upload(speech), url: 'https://api.openai.com/v1/files?token=0a1b2c3d4e5f60718293a4b5' },
    ],
    [
      'the boundaries of multipart in multipart',
      'same',
      batch('o1', 'i1', '{"v":1}'),
      batch('o2', 'i2', '{"v":1}'),
    ],
    [
      'the content of multipart in multipart',
      'different',
      batch('o1', 'i1', '{"v":1}'),
      batch('o1', 'i1', '{"v":2}'),
    ],
    [
      'the boundaries of three levels',
      'same',
      batch('o', 'i', mixed('x', 'text/plain', 'a'), 'multipart/mixed; boundary=x'),
      batch('p', 'j', mixed('y', 'text/plain', 'a'), 'multipart/mixed; boundary=y'),
    ],
    [
      'a query and a field of that name',
      'different',
      { ...upload(speech), url: 'https://api.openai.com/v1/files?query=b' },
      upload(speech, field('query', 'b')),
    ],
    [
      'a field called query beside a query',
      'different',
      { ...upload(speech, field('query', 'a')), url: 'https://api.openai.com/v1/files?x=1' },
      { ...upload(speech, field('query', 'b')), url: 'https://api.openai.com/v1/files?x=1' },
    ],
    [
      'a field called query, named',
      'same',
      upload(field('query', 'a'), field('x', '1')),
      upload(field('query', 'a'), field('x', '2')),
      ['query'],
    ],
    [
      'the query of a known operation',
      'same',
      form([speech]),
      { ...form([speech]), url: `${form([speech]).url}?api-version=1` },
    ],
    [
      'a list that names a field',
      'same',
      form([whisper, speech, field('language', 'de')]),
      form([whisper, speech, field('language', 'en')]),
      ['model', 'file'],
    ],
    [
      'a list made for chats',
      'different',
      form([whisper, file('file', 'a.wav', 'x'), field('response_format', 'json')]),
      form([whisper, file('file', 'a.wav', 'y'), field('response_format', 'json')]),
      ['model', 'messages', 'response_format'],
    ],
  ] satisfies Case[])

  it('reads the boundary from the body if no header names it', () => {
    const request = upload(speech)
    assert.deepEqual(canonicalize({ ...request, headers: {} }), canonicalize(request))
    assert.equal(
      canonicalize({ ...request, headers: { 'content-type': 'multipart/form-data' } }).op,
      'multipart',
    )
  })

  it('matches a truncated form, or a body that is not a form, by its bytes', () => {
    const { body, ...rest } = upload(speech)
    assert.equal(canonicalize({ ...rest, body: (body as Uint8Array).subarray(0, 60) }).op, 'binary')
    assert.equal(canonicalize({ ...rest, body: 'nothing of the kind' }).op, 'binary')
    assert.equal(canonicalize({ ...rest, headers: {}, body: '--- a\n+++ b\n-x\n' }).op, 'binary')
  })

  it('keeps fields that are named like the envelope or like prototype members', () => {
    const parts = [
      field('method', 'm'),
      field('path', 'p'),
      field('__proto__', 'q'),
      field('constructor', 'c'),
      field('stream', 'true'),
    ]
    const canonical = canonicalize(upload(...parts))
    assert.deepEqual([canonical.method, canonical.path, canonical.stream], ['POST', '/v1/files', false])
    assert.deepEqual(
      ['body.method', 'body.path', '__proto__', 'constructor', 'body.stream'].map(
        (name) => Object.getOwnPropertyDescriptor(canonical, name)?.value as unknown,
      ),
      ['m', 'p', 'q', 'c', 'true'],
    )
  })

  it('is reported field by field in a miss', () => {
    assert.deepEqual(
      paths(upload(speech, field('purpose', 'a')), upload(file('file', 'b.mp3', 'x'), field('purpose', 'b'))),
      ['file.ext', 'file.sha256', 'purpose'],
    )
  })
})
