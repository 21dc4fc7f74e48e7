import assert from 'node:assert/strict'
import http from 'node:http'

import { type CassetteOptions, type CassetteSession, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

describe('live streams', () => {
  const bench = testBench((_, response) => {
    response.end()
  })
  const record = (fn: (cassette: CassetteSession) => unknown, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'once', ...options }, fn)
  const replay = (fn: (cassette: CassetteSession) => unknown, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)

  it('deliver an event to the client while the response is being recorded', async () => {
    const server = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let n = 0
      const timer = setInterval(() => {
        response.write(`data: {"n":${n}}\n\n`)
        if (++n === 5) {
          clearInterval(timer)
          response.end()
        }
      }, 30)
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as { port: number }
    const arrivals = async (): Promise<number[]> => {
      const response = await fetch(`http://127.0.0.1:${port}/events`)
      const times: number[] = []
      for await (const _ of response.body ?? []) times.push(performance.now())
      return times.map((time) => time - (times[0] ?? 0))
    }
    const live = (await record(arrivals)) as number[]
    assert.equal(live.length, 5)
    assert.ok((live[4] ?? 0) > 90, `spread over ${live[4]} ms`)
    server.close()
    server.closeAllConnections()
    const instant = (await replay(arrivals)) as number[]
    assert.equal(instant.length, 5, 'event by event')
    assert.ok((instant[4] ?? 0) < 60, `took ${instant[4]} ms`)
    const paced = (await replay(arrivals, { timing: 'recorded' })) as number[]
    assert.ok((paced[4] ?? 0) > 80, `took ${paced[4]} ms`)
  })

  it('leave an incomplete exchange, with what had come, if the client stops early', async () => {
    const server = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: one\n\n')
      setTimeout(() => response.write('data: two\n\n'), 5000).unref()
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as { port: number }
    const first = async (): Promise<string> => {
      const stop = new AbortController()
      const response = await fetch(`http://127.0.0.1:${port}/events`, { signal: stop.signal })
      const chunk = await response.body?.getReader().read()
      stop.abort()
      return Buffer.from(chunk?.value ?? []).toString()
    }
    await record(first)
    server.close()
    server.closeAllConnections()
    assert.match(bench.read() ?? '', /^ {4}incomplete: true$/m)
    assert.match(bench.read() ?? '', /one/)
    assert.equal(await replay(first), 'data: one\n\n')
  })
})
