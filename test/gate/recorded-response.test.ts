import assert from 'node:assert/strict'

import { Cassette } from '../../src/cassette/cassette.ts'
import type { Digest } from '../../src/drift.ts'
import { digestOf } from '../../src/gate/recorded-response.ts'

/** The digest of the one interaction with this response, as YAML lines. */
function digestOfRecorded(api: string, lines: readonly string[]): Digest | undefined {
  const text = [
    'version: 1',
    'interactions:',
    '  - id: aaaaaaaaaaaaaaaa',
    '    recorded_at: 2026-11-21T08:00:00.000Z',
    '    request: {method: GET, url: https://api.example.com/x, headers: {}}',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n')
  const [entry] = Cassette.parse(Buffer.from(text), 'tape.yaml').entries
  assert.ok(entry)
  return digestOf(entry.read(), api)
}

describe('the digest of a recorded response', () => {
  it('reads what the server of a WebSocket said', () => {
    const found = digestOfRecorded('websocket', [
      'response:',
      '  status: 101',
      '  headers: {}',
      '  body:',
      '    websocket:',
      '      - {client: {json: {type: response.create}}}',
      '      - {server: {json: {type: response.created}}}',
      '      - server: {json: {type: response.done, response: {status: completed, output: [{type: message, content: [{text: Hi}]}]}}}',
    ])
    assert.deepEqual(
      found?.choices.map(({ text, finish }) => [text, finish]),
      [['Hi', 'stop']],
    )
  })

  it('reads gRPC messages that were decoded, and hashes the others', () => {
    const recorded = (message: string): Digest | undefined =>
      digestOfRecorded('grpc', [
        'response:',
        '  status: 200',
        '  headers: {content-type: application/grpc}',
        `  body: {grpc: [${message}]}`,
        "  trailers: {grpc-status: '0'}",
      ])
    const decoded = recorded(
      '{json: {outputs: [{message: {content: Hi}, finish_reason: REASON_STOP}]}, base64: CgJoaQ==}',
    )
    assert.deepEqual([decoded?.choices[0]?.text, decoded?.choices[0]?.finish], ['Hi', 'stop'])
    assert.match(
      JSON.stringify(recorded('{base64: CgJoaQ==}')?.body),
      /^\[\{"bytes":4,"sha256":"[0-9a-f]{64}"\}\]$/,
    )
  })

  it('takes a transport error for an error', () => {
    const failed = digestOfRecorded('openai-chat', [
      'failure: {name: Error, message: read ECONNRESET, code: ECONNRESET}',
    ])
    assert.deepEqual(failed?.error, { type: 'ECONNRESET', message: 'read ECONNRESET', code: 'ECONNRESET' })
    assert.equal(digestOfRecorded('openai-chat', ['incomplete: true']), undefined)
  })
})
