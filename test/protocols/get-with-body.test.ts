import assert from 'node:assert/strict'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request as undiciRequest } from 'undici'

import { CassetteMiss, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

const agent = new Agent()

/** Ways to send a body with GET. fetch forbids it, and search servers need it. */
const SENDERS: Readonly<Record<string, (url: string, body: string) => Promise<string>>> = {
  'http, in one go': (url, body) =>
    viaHttp(url, { 'content-length': body.length }, (request) => request.end(body)),
  'http, chunked and late': (url, body) =>
    viaHttp(url, { 'transfer-encoding': 'chunked' }, (request) => {
      request.flushHeaders()
      request.write(body.slice(0, 3))
      setTimeout(() => request.end(body.slice(3)), 30)
    }),
  'undici Agent': async (url, body) =>
    (await undiciRequest(url, { method: 'GET', body, dispatcher: agent })).body.text(),
  'undici, global dispatcher': async (url, body) =>
    (await undiciRequest(url, { method: 'GET', body })).body.text(),
}

function viaHttp(
  url: string,
  headers: http.OutgoingHttpHeaders,
  write: (request: http.ClientRequest) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'GET', agent: false, headers }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
    write(request)
  })
}

describe('GET with a body', () => {
  const bench = testBench((request, response) => void response.end(`found ${request.body.toString()}`))

  for (const [name, send] of Object.entries(SENDERS)) {
    it(`${name}: the body is recorded and distinguishes two requests`, async () => {
      const both = async (): Promise<string[]> => [
        await send(bench.url('/search'), 'query one'),
        await send(bench.url('/search'), 'query two'),
      ]
      assert.deepEqual(await withCassette(bench.path(), both), ['found query one', 'found query two'])
      assert.deepEqual(bench.read()?.match(/text: query \w+/g), ['text: query one', 'text: query two'])
      await bench.server.close()
      await sleep(5)
      const replay = <T>(run: () => Promise<T>): Promise<T> =>
        withCassette(bench.path(), { mode: 'none' }, run)
      assert.equal(await replay(() => send(bench.url('/search'), 'query two')), 'found query two')
      await assert.rejects(
        replay(() => send(bench.url('/search'), 'query three')),
        CassetteMiss,
      )
    }).timeout(4000)
  }
})
