import assert from 'node:assert/strict'

import fc from 'fast-check'

import { jsonRpcMessages } from '../../../src/exchange/wire/json-rpc.ts'
import { rpcPlaces } from '../../../src/exchange/wire/json-rpc-places.ts'

const messages = (text: string): unknown => jsonRpcMessages(Buffer.from(text))
function ids(text: string, type?: string): string[] {
  const bytes = Buffer.from(text)
  return rpcPlaces(bytes, type).map(
    ({ start, end, names }) => `${names} ${bytes.toString('utf8', start, end)}`,
  )
}
const answer = (id: unknown, result: unknown = 'ok'): string => JSON.stringify({ jsonrpc: '2.0', id, result })

describe('messages of JSON-RPC 2.0', () => {
  it('are requests, notifications and answers', () => {
    const kinds = jsonRpcMessages(
      Buffer.from(
        ` [ {"jsonrpc":"2.0","method":"a","id":1}, {"method":"b","jsonrpc":"2.0"},\n{"id":"x","error":{"code":1},"jsonrpc" : "2.0"} ] `,
      ),
    )?.map(({ kind, id }) => [kind, id?.value])
    assert.deepEqual(kinds, [
      ['request', '1'],
      ['notification', undefined],
      ['answer', '"x"'],
    ])
  })

  for (const text of [
    '',
    'null',
    '[]',
    '{"jsonrpc":"1.0","method":"a"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"a":{"jsonrpc":"2.0","method":"a"}}',
    '[{"jsonrpc":"2.0","method":"a"},1]',
    '{"jsonrpc":"2.0","method":"a"',
    '{"jsonrpc":"2.0","method":"a',
    '[{"jsonrpc":"2.0","method":"a"}',
    '{"jsonrpc" "2.0"}',
    `${'['.repeat(100_000)}"jsonrpc"`,
  ])
    it(`are not in ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(messages(text), undefined))

  it('name a request by its own id only', () => {
    const text = answer(7, { id: 8, jsonrpc: '2.0', list: [{ id: 9 }], text: '"id":10,\\"' })
    assert.deepEqual(ids(text), ['id 7'])
  })

  it('have progress tokens: of a request in `_meta`, of a notification beside', () => {
    const request = {
      jsonrpc: '2.0',
      id: 1,
      method: 'x',
      params: { progressToken: 5, _meta: { progressToken: 'p' } },
    }
    assert.deepEqual(
      jsonRpcMessages(Buffer.from(JSON.stringify(request)))?.map(({ progressToken }) => progressToken?.value),
      ['"p"'],
    )
    const progress = {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 3, progress: 1 },
    }
    assert.deepEqual(ids(JSON.stringify(progress)), ['progressToken 3'])
    // The server's own request.
    assert.deepEqual(ids(JSON.stringify(request)), [])
  })

  it('are found in events, on one line or several, and in lines of JSON', () => {
    const sse = `: open\n\nevent: message\ndata: ${answer('ä')}\n\ndata: {"jsonrpc":"2.0",\r\ndata:"id":\ndata:  12 ,"result":1}\n\ndata: {"id":1}\n\n`
    assert.deepEqual(ids(sse, 'text/event-stream'), ['id "ä"', 'id 12'])
    assert.deepEqual(ids(`${answer(1)}\n\n${answer('b')}`, 'application/x-ndjson'), ['id 1', 'id "b"'])
  })

  it('are found by any value, wherever else it stands', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer(), fc.string()),
        fc.jsonValue(),
        fc.integer({ min: 0, max: 4 }),
        (id, result, indent) => {
          const text = JSON.stringify({ result, jsonrpc: '2.0', id, more: { id } }, undefined, indent)
          assert.deepEqual(ids(text), [`id ${JSON.stringify(id)}`])
        },
      ),
    )
  })

  it('of a batch of 10,000 are all found, in no time', () => {
    const batch = Array.from({ length: 10_000 }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      result: { id, text: 'x'.repeat(100) },
    }))
    const from = performance.now()
    assert.equal(ids(JSON.stringify(batch)).length, 10_000)
    assert.ok(performance.now() - from < 2000)
  })
})
