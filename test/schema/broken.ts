import { stringify } from 'yaml'

interface Broken {
  readonly text: string
}

type Tree = { version?: unknown; incomplete?: unknown; interactions?: unknown }

const digest = 'ab'.repeat(32)

const interaction = (): Record<string, unknown> => ({
  id: '2fd21e3718d1f4db',
  recorded_at: '2026-11-21T08:00:00.000Z',
  request: { method: 'POST', url: 'https://api.example.com/x', headers: { accept: '*/*' } },
  match: { key: digest, semantic_key: digest, on: ['*'], api: 'plain', v: 1 },
  response: { status: 200, headers: { 'content-type': 'text/plain' }, body: { text: 'x' } },
})

/** A cassette of one interaction, changed. */
function file(change: (one: Record<string, unknown>) => void, top: Tree = {}): Broken {
  const one = interaction()
  change(one)
  return { text: stringify({ version: 1, interactions: [one], ...top }) }
}

const at = (part: string, changes: Record<string, unknown>): Broken =>
  file((one) => void (one[part] = { ...(one[part] as object), ...changes }))
const body = (stored: unknown): Broken => at('response', { body: stored })
const without = (part: string, key: string): Broken =>
  file((one) => void (one[part] = { ...(one[part] as object), [key]: undefined }))
const socket = (...entries: unknown[]): Broken =>
  at('response', { status: 101, body: { websocket: entries } })

/** Cassettes with one fault each. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  'has no version': { text: 'interactions: []\n' },
  'has a newer version': file(() => {}, { version: 2 }),
  'has a version that is text': file(() => {}, { version: '1' }),
  'is a list': { text: '- version: 1\n' },
  'has interactions that are a mapping': file(() => {}, { interactions: { a: 1 } }),
  'has an incomplete mark that is a word': file(() => {}, { incomplete: 'maybe' }),
  'has an interaction that is a word': file(() => {}, { interactions: ['word'] }),
  'has no id': file((one) => void delete one['id']),
  'has an empty id': file((one) => void (one['id'] = '')),
  'has a time that is a word': file((one) => void (one['recorded_at'] = 'yesterday')),
  'has no request': file((one) => void delete one['request']),
  'has neither a response nor a failure': file((one) => void delete one['response']),
  'has a misspelled response': file((one) => {
    one['respone'] = one['response']
    delete one['response']
  }),
  'has no method': without('request', 'method'),
  'has an empty method': at('request', { method: '' }),
  'has no URL': without('request', 'url'),
  'has half a URL': at('request', { url: '/v1/chat' }),
  'has headers that are a word': at('request', { headers: 'none' }),
  'has a header that is a mapping': at('request', { headers: { a: { b: 'c' } } }),
  'has a header line of three': at('request', { headers: [['a', 'b', 'c']] }),
  'has no status': without('response', 'status'),
  'has a status of 20': at('response', { status: 20 }),
  'has a status that is a word': at('response', { status: 'fine' }),
  'has a delay below 0': at('response', { delay_ms: -1 }),
  'has an HTTP version of 3': at('response', { http_version: '3' }),
  'has an interim response of 200': at('response', { informational: [{ status: 200, headers: {} }] }),
  'has an interim response without headers': at('response', { informational: [{ status: 103 }] }),
  'has an after below 0': at('response', { after: -1 }),
  'has turns that are numbers': at('response', { after: 1, turns: [1, 2] }),
  'has marks that are ids': at('response', { since: ['a'] }),
  'has a mark that names nothing': at('response', { since: [['head']] }),
  'has a mark before the body': at('response', { since: [[-1, 'a']] }),
  'has turns with a word': at('response', { after: 1, turns: [[0, 'some']] }),
  'has a short match key': at('match', { key: 'abc' }),
  'has match names that are a word': at('match', { on: 'all' }),
  'has no match version': without('match', 'v'),
  'has a failure without a message': file((one) => void (one['failure'] = { name: 'Error' })),
  'has a failure with a code of HTTP/2 below 0': file(
    (one) => void (one['failure'] = { name: 'Error', message: 'x', http2_code: -1 }),
  ),
  'has a waited_ms that is a word': file((one) => void (one['waited_ms'] = 'long')),
  'has a body of no form': body({ txt: 'x' }),
  'has a body of two forms': body({ text: 'x', json: 1 }),
  'has a body that is a word': body('hello'),
  'has a text that is a list': body({ text: ['x'] }),
  'has base64 that is none': body({ base64: '%%%' }),
  'has pieces of base64 that are none': body({ base64: ['AAAA', '%'] }),
  'has JSON with an indent of 11': body({ json: {}, indent: 11 }),
  'has JSON with another line end': body({ json: {}, eol: 'lf' }),
  'has a mark that is a word': body({ text: 'x', encoded: 'yes please' }),
  'has events that are a word': body({ sse: 'none' }),
  'has an event without fields': body({ sse: [{ delay_ms: 1 }] }),
  'has an event of two kinds': body({ sse: [{ raw: 'x', data: 'y' }] }),
  'has an event with data that has no json': body({ sse: [{ data: { a: 1 } }] }),
  'has an event with a retry below 0': body({ sse: [{ retry: -1 }] }),
  'has an event with a carriage return': body({ sse: [{ data: 'a\rb' }] }),
  'has events with another line end': body({ sse: [], eol: 'lf' }),
  'has a sidecar that is no digest': body({ sidecar: '../../secret', bytes: 1 }),
  'has a sidecar without a length': body({ sidecar: digest }),
  'has a sidecar with a length below 0': body({ sidecar: digest, bytes: -1 }),
  'has a sidecar and a text': body({ sidecar: digest, bytes: 1, text: 'x' }),
  'has a line of no kind': body({ ndjson: [{ a: 1 }] }),
  'has a form that is a word': body({ form: 'a=b' }),
  'has a form field without a value': body({ form: [{ name: 'a' }] }),
  'has parts without a boundary': body({ multipart: [] }),
  'has a part without headers': body({ multipart: [{ text: 'x' }], boundary: 'b' }),
  'has a message without headers': body({ eventstream: [{ text: 'x' }] }),
  'has a message header of two types': body({
    eventstream: [{ headers: { a: { byte: 1, short: 1 } }, text: 'x' }],
  }),
  'has a message header out of range': body({ eventstream: [{ headers: { a: { byte: 200 } }, text: 'x' }] }),
  'has a gRPC message without bytes': body({ grpc: [{ json: {} }] }),
  'has a gRPC message with a mark that is a word': body({ grpc: [{ base64: '', compressed: 'yes' }] }),
  'has a WebSocket in a response of 200': body({ websocket: [] }),
  'has a WebSocket in a request': at('request', { body: { websocket: [] } }),
  'has a message of nobody': socket({ both: { text: 'x' } }),
  'has a message of both sides': socket({ client: { text: 'x' }, server: { text: 'x' } }),
  'has a message of no kind': socket({ client: { type: 'text' } }),
  'has a message of another type': socket({ client: { text: 'x', type: 'words' } }),
  'has a close code above 65535': socket({ client: { close: { code: 70_000 } } }),
  'has a close reason without a code': socket({ client: { close: { reason: 'x' } } }),
  'has a ping that is too long': socket({ client: { ping: 'x'.repeat(126) } }),
}

/** The cassette before its fault. */
export const WHOLE = file(() => {}).text
