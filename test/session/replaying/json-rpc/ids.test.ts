import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket } from 'ws'

import { type CassetteOptions, withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'
import { rpcAnswers, rpcHandler } from '../../../helpers/rpc-server.ts'
import { startWebSocketServer } from '../../../helpers/websocket-server.ts'

type Id = number | string
const call = (id: Id, method = 'call') => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { a: 1, _meta: { progressToken: id } },
})

describe('ids of JSON-RPC in replay', () => {
  const bench = testBench(rpcHandler)
  const record = <T>(fn: () => Promise<T>, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'once', matchOn: ['jsonrpc'], ...options }, fn)
  const replay = <T>(fn: () => Promise<T>, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'none', matchOn: ['jsonrpc'], ...options }, fn)

  const post = async (path: string, body: unknown): Promise<string> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(bench.url(path), { method: 'POST', headers, body: JSON.stringify(body) })
    const length = response.headers.get('content-length')
    const text = await response.text()
    if (length !== null && path !== '/gzip') assert.equal(Number(length), Buffer.byteLength(text))
    return text
  }

  for (const path of ['/json', '/sse', '/whole', '/gzip', '/lines'])
    it(`are those of the client now: ${path}`, async () => {
      const calls = (from: number) => async (): Promise<string[]> => {
        const texts: string[] = []
        for (const [at, method] of ['call', 'fail', 'call'].entries())
          texts.push(await post(path, call(from + at, method)))
        return texts
      }
      const expected = (from: number, live: readonly string[]): string[] =>
        live.map((text, at) =>
          text
            .replaceAll(`"id":${1 + at}`, `"id":${from + at}`)
            .replaceAll(`"progressToken":${1 + at}`, `"progressToken":${from + at}`)
            // A request of the server is not changed.
            .replaceAll(`"data":{"id":${from + at}}`, `"data":{"id":${1 + at}}`),
        )
      const live = await record(calls(1))
      assert.match(live.join(), /"id":1\b/)
      assert.deepEqual(await replay(calls(1)), live)
      assert.deepEqual(await replay(calls(900)), expected(900, live))
    })

  it('keep the characters that the client used, text or number', async () => {
    const raw = (id: string) => async (): Promise<string> => {
      const response = await fetch(bench.url('/json'), {
        method: 'POST',
        body: `{"jsonrpc":"2.0", "id": ${id}, "method":"call"}`,
      })
      return response.text()
    }
    await record(raw('1'))
    for (const id of ['1.0', '9007199254740993', '"a\\u0062\\n"', '"ü"'])
      assert.equal(
        await replay(raw(id)),
        `{"result":{"method":"call","id":"own"},"id":${id},"jsonrpc":"2.0"}`,
      )
  })

  it('in WebSocket messages are those of the client now; requests of the server keep theirs', async () => {
    const server = await startWebSocketServer((socket) => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'roots/list' }))
      socket.on('message', (data) => {
        const said = rpcAnswers(JSON.parse((data as Buffer).toString()) as object)
        for (const one of said) socket.send(JSON.stringify(one))
      })
    })
    const talk = (from: number) => async (): Promise<unknown[]> => {
      const socket = new WebSocket(server.url)
      const heard: { id?: Id; params?: { progressToken?: Id } }[] = []
      socket.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString()) as object))
      const until = async (count: number): Promise<void> => {
        while (heard.length < count) await once(socket, 'message')
      }
      await until(1)
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { roots: [] } }))
      for (const at of [0, 1]) {
        socket.send(JSON.stringify(call(from + at)))
        await until(3 + 2 * at)
      }
      socket.terminate()
      return heard.map(({ id, params }) => id ?? params?.progressToken)
    }
    assert.deepEqual(await record(talk(1), { matchOn: ['path'] }), [1, 1, 1, 2, 2])
    await server.close()
    assert.deepEqual(await replay(talk(1), { matchOn: ['path'] }), [1, 1, 1, 2, 2])
    assert.deepEqual(await replay(talk(70), { matchOn: ['path'] }), [1, 70, 70, 71, 71])
  })
})
