import assert from 'node:assert/strict'
import { stringify } from 'yaml'
import { Cassette } from '../../src/cassette/cassette.ts'
import { CassetteFormatError } from '../../src/errors/cassette-format-error.ts'
import { sampleFile, sampleInteraction, sampleText } from './samples.ts'

const FILE = sampleFile('one two', 'three', 'four')
const LINES = FILE.split('\n').length - 1

function errorOf(bytes: Uint8Array | string, read: 'open' | 'all' = 'open'): CassetteFormatError {
  let caught: unknown
  try {
    const cassette = Cassette.parse(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 'dir/bad.yaml')
    if (read === 'all') for (const entry of cassette.entries) entry.read()
  } catch (error) {
    caught = error
  }
  assert.ok(caught instanceof CassetteFormatError, String(caught))
  assert.equal(caught.code, 'CASSETTE_FORMAT')
  assert.ok(
    caught.message.startsWith(`dir/bad.yaml:${caught.line}:${caught.column}: expected ${caught.expected}`),
  )
  return caught
}

function replaced(from: string | RegExp, to: string): string {
  const text = FILE.replace(from, to)
  assert.notEqual(text, FILE)
  return text
}

/** The line and column, from 1, at which `needle` begins in a text. */
function placeOf(text: string, needle: string): [line: number, column: number] {
  const at = text.indexOf(needle)
  assert.notEqual(at, -1, needle)
  const before = text.slice(0, at).split('\n')
  return [before.length, (before.at(-1) ?? '').length + 1]
}

interface Case {
  readonly text: string
  /** The text at the place that the error names. */
  readonly at: string
  readonly expected: RegExp
}

const CASES: Readonly<Record<string, Case>> = {
  'is not YAML': { text: 'version: 1\ninteractions: [\n', at: '', expected: /YAML/ },
  'is a list': { text: '- a\n- b\n', at: '- a', expected: /a mapping with version and interactions/ },
  'is a word': { text: 'hello\n', at: 'hello', expected: /a mapping with version/ },
  'is a JSON array': { text: '[1, 2]', at: '[1', expected: /a mapping/ },
  'is another program’s YAML': { text: 'services:\n  web:\n    image: x\n', at: 'services', expected: /"version: 1"/ },
  'has no version': { text: replaced('version: 1\n', ''), at: '', expected: /"version: 1" at the top level/ },
  'is of a newer version': { text: replaced('version: 1', 'version: 2'), at: '2', expected: /version 1 \(a newer release/ },
  'has a version that is a word': { text: replaced('version: 1', 'version: one'), at: 'one', expected: /version 1/ },
  'has a version in quotes': { text: replaced('version: 1', 'version: "1"'), at: '"1"', expected: /version 1/ },
  'has version 0': { text: replaced('version: 1', 'version: 0'), at: '0', expected: /version 1/ },
  'has a mapping for a list': { text: 'version: 1\ninteractions: {a: 1}\n', at: '{a', expected: /a list of interactions/ },
  'has a block mapping for a list': { text: 'version: 1\ninteractions:\n  a: 1\n', at: 'a: 1', expected: /a list of inter/ },
  'has an item that is a word': { text: `${FILE}  - word\n`, at: 'word', expected: /an interaction: a mapping/ },
  'has an empty item': { text: `${FILE}  -\n`, at: '', expected: /an interaction: a mapping/ },
  'has incomplete: maybe': { text: `incomplete: maybe\n${FILE}`, at: 'maybe', expected: /true or false/ },
  'has the version twice': { text: `${FILE}version: 1\n`, at: '', expected: /each key once/ },
  'has the list twice': { text: `${FILE}interactions: []\n`, at: '', expected: /each key once/ },
  'has a key of an interaction twice': { text: replaced('    match:', '    id: x\n    match:'), at: 'id: x', expected: /each key once/ },
  'has a second document': { text: `${FILE}---\n${FILE}`, at: '', expected: /YAML/ },
  'has a tag': { text: replaced('status: 200', 'status: !!int 200'), at: '200', expected: /no tags/ },
  'has a tag of another language': { text: replaced('status: 200', 'status: !!js/function "x"'), at: '"x"', expected: /no tags/ },
  'has a tag at the top': { text: `metadata: !x {}\n${FILE}`, at: '{}', expected: /no tags/ },
  'has an anchor': { text: replaced('{model', '&a {model'), at: '{model', expected: /no anchors/ },
  'has a bomb of aliases': {
    text: replaced('{model: gpt-5-mini', '{a: &a [x, x], b: &b [*a, *a], c: [*b, *b], model: gpt-5-mini'),
    at: '[x, x]',
    expected: /no anchors/,
  },
  'has an alias at the top': { text: `metadata: *a\n${FILE}`, at: '*a', expected: /YAML|no aliases/ },
  'has a tab for indentation': { text: replaced('      method', '\tmethod'), at: '\tmethod', expected: /YAML/ },
  'has a key out of line': { text: replaced('    match:', '   match:'), at: '', expected: /YAML/ },
  'has a quote without an end': { text: replaced('method: POST', 'method: "POST'), at: '', expected: /YAML/ },
  'has a conflict marker': { text: replaced('    match:', '<<<<<<< HEAD\n    match:'), at: '<<<<<<<', expected: /YAML/ },
  'has a status that is a word': { text: replaced('status: 200', 'status: fine'), at: 'fine', expected: /HTTP status from 200/ },
  'has a status of 20': { text: replaced('status: 200', 'status: 20'), at: '20\n', expected: /HTTP status from 200/ },
  'has a status of 199': { text: replaced('status: 200', 'status: 199'), at: '199\n', expected: /HTTP status from 200/ },
  'has a status of 100': { text: replaced('status: 200', 'status: 100'), at: '100\n', expected: /HTTP status from 200/ },
  'has a 101 that is no WebSocket': { text: replaced('status: 200', 'status: 101'), at: '101\n', expected: /or 101 with a WebSocket/ },
  'has a status of 1000': { text: replaced('status: 200', 'status: 1000'), at: '1000\n', expected: /HTTP status from 200/ },
  'has no status': { text: replaced('      status: 200\n', ''), at: 'headers: {Content', expected: /HTTP status/ },
  'has no id': { text: replaced(/id: \w+\n +/, ''), at: 'recorded_at', expected: /an id/ },
  'has an empty method': { text: replaced('method: POST', "method: ''"), at: "''", expected: /an HTTP method/ },
  'has a method that is a list': { text: replaced('method: POST', 'method: [POST]'), at: '[POST]', expected: /an HTTP method/ },
  'has half a URL': { text: replaced('url: https://api.openai.com', 'url: '), at: '/v1/chat', expected: /an absolute URL/ },
  'has a time that is not one': { text: replaced(/recorded_at: \S+/, 'recorded_at: yesterday'), at: 'yesterday', expected: /ISO 8601/ },
  'has headers that are a word': { text: replaced('headers: {content-type: application/json}', 'headers: none'), at: 'none', expected: /header name to value/ },
  'has a header that is a mapping': { text: replaced('{content-type: application/json}', '{a: {b: c}}'), at: '{b', expected: /a header value/ },
  'has a header pair of three': { text: replaced('{content-type: application/json}', '[[a, b], [a, b, c]]'), at: '[a, b, c]', expected: /\[name, value\]/ },
  'has a body of no form': { text: replaced('body: {json:', 'body: {jsn:'), at: '{jsn', expected: /one of json, text/ },
  'has a body of two forms': { text: replaced('body: {json:', 'body: {text: x, json:'), at: '{text', expected: /one of json, text/ },
  'has a body that is a word': { text: replaced(/body: \{json.*/, 'body: hello'), at: 'hello', expected: /a mapping with one of/ },
  'has events that are not a list': { text: replaced(/sse:\n( {10}- .*\n)+/, 'sse: none\n'), at: 'none', expected: /a list|events/ },
  'has base64 that is not base64': { text: replaced(/body: \{json.*/, 'body: {base64: "%%%"}'), at: '"%%%"', expected: /base64/ },
  'has a delay below 0': { text: replaced('status: 200', 'status: 200\n      delay_ms: -1'), at: '-1\n', expected: /milliseconds/ },
  'has a match key of another length': { text: replaced(/key: [0-9a-f]{64}/, 'key: abc'), at: 'abc', expected: /64 hex/ },
  'has a match without names': { text: replaced("on: ['*']", 'on: all'), at: 'all', expected: /a list of field names/ },
  'has no response': { text: `version: 1\ninteractions:\n${sampleText('x').replace(/ {4}response:[^]*/, '')}`, at: 'id:', expected: /a response, a failure/ },
  'has an encoded that is a word': { text: replaced('body: {json:', 'body: {encoded: sure, json:'), at: 'sure', expected: /true or false/ },
} // prettier-ignore

describe('a file that', () => {
  for (const [title, { text, at, expected }] of Object.entries(CASES)) {
    it(`${title} is refused with the place of the error`, () => {
      const error = errorOf(text)
      assert.match(error.expected, expected)
      if (at !== '') assert.deepEqual([error.line, error.column], placeOf(text, at), error.message)
    })
  }

  it('has an error and an indent of four is refused at the right place', () => {
    const text = stringify(
      { version: 1, interactions: [sampleInteraction('a'), { ...sampleInteraction('b'), id: [1] }] },
      { indent: 4 },
    )
    assert.deepEqual([errorOf(text).line], [placeOf(text, 'id:\n')[0] + 1])
  })

  it('has an error after a byte order mark or after CRLF is refused at the right place', () => {
    assert.deepEqual([errorOf('\ufeffversion: 2\n').line, errorOf('\ufeffversion: 2\n').column], [1, 10])
    const text = replaced('status: 200', 'status: fine')
    const [line, column] = placeOf(text, 'fine')
    const error = errorOf(text.replaceAll('\n', '\r\n'))
    assert.deepEqual([error.line, error.column], [line, column])
  })

  it('has an error after the items is refused at the right place', () => {
    const error = errorOf(`${FILE}metadata: {a: 1\n`)
    assert.ok(error.line === LINES + 1 || error.line === LINES + 2, error.message)
    assert.deepEqual(
      [errorOf(`${FILE}version: 1\n`).line, errorOf(`${FILE}version: 1\n`).column],
      [LINES + 1, 1],
    )
  })

  const encodings: Readonly<Record<string, readonly [Uint8Array, found: RegExp, line: number, column: number]>> = {
    'UTF-16 with a mark': [Buffer.from(`\ufeff${FILE}`, 'utf16le'), /UTF-16/, 1, 1],
    'UTF-16 without one': [Buffer.from(FILE, 'utf16le'), /UTF-16/, 1, 1],
    'an image': [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49]), /NUL|UTF-8/, 3, 1],
    'Latin-1': [Buffer.from(`# a\n# caf\u00e9 au lait\n${FILE}`, 'latin1'), /not UTF-8/, 2, 6],
    'UTF-8 cut in a character': [Buffer.from(`${FILE}# caf\u00e9`).subarray(0, -1), /not UTF-8/, LINES + 1, 6],
    'UTF-8 with a lone surrogate': [Buffer.concat([Buffer.from('# é😀\n# ab'), Buffer.from([0xed, 0xa0, 0x80])]), /not UTF-8/, 2, 5],
  } // prettier-ignore
  for (const [title, [bytes, found, line, column]] of Object.entries(encodings)) {
    it(`is ${title} is refused`, () => {
      const error = errorOf(bytes)
      assert.equal(error.expected, 'text in UTF-8')
      assert.match(error.message, found)
      assert.deepEqual([error.line, error.column], [line, column])
    })
  }

  it('is nested too deep is refused', () => {
    for (const deep of ['['.repeat(20_000), `${'{a: '.repeat(9000)}1${'}'.repeat(9000)}`]) {
      errorOf(replaced(/body: \{json.*/, `body: {json: ${deep}}`), 'all')
    }
  })

  it('has an error in an item that is not read at opening is refused when the item is read', () => {
    const filler = Array.from({ length: 200 }, (_, index) => sampleText(`filler ${index}`)).join('')
    const bad = sampleText('bad').replace('status: 200', 'status: !!int 200')
    const text = `version: 1\ninteractions:\n${filler}${bad}${filler}`
    assert.ok(text.length > 64 * 1024)
    const cassette = Cassette.parse(Buffer.from(text), 'dir/bad.yaml')
    assert.equal(cassette.entries.length, 401)
    const error = errorOf(text, 'all')
    assert.match(error.expected, /no tags/)
    assert.deepEqual([error.line, error.column], placeOf(text, '!!int 200').map((at, index) => at + 6 * index)) // prettier-ignore
  })

  it('was cut off is refused, unless the cut is after a line that can end a file', () => {
    const file = `${FILE}${sampleText('a last one that is longer')}`
    const accepted = new Set<string>()
    for (let length = 1; length < file.length; length++) {
      const text = file.slice(0, length)
      try {
        Cassette.parse(Buffer.from(text), 'cut.yaml')
        const line = text.split('\n').findLast((one) => one.trim() !== '') ?? ''
        accepted.add(
          line
            .trim()
            .replaceAll(/content: \w+/g, 'content: …')
            .replace(/id: \w+/, 'id: …'),
        )
      } catch (error) {
        assert.ok(error instanceof CassetteFormatError, String(error))
      }
    }
    const ends = [
      '- {data: {json: {choices: [{delta: {content: …}}]}}}',
      "- {data: '[DONE]'}",
      'headers: {Content-Type: text/event-stream}',
      'interactions:',
      'status: 200',
      'version: 1',
    ]
    assert.deepEqual(accepted, new Set(ends))
  })

  it('was cut off in a large file is refused when it is opened', () => {
    const file = Buffer.from(
      sampleFile(...Array.from({ length: 300 }, (_, index) => `prompt number ${index}`)),
    )
    for (const needle of ['{delta', 'status', 'semantic_key', 'https:', 'recorded_at', 'id:']) {
      errorOf(file.subarray(0, file.lastIndexOf(needle) + 3))
    }
  })
})
