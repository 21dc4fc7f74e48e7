import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { fromRoot } from '../helpers/shared.ts'
import type { Early } from './programs/early-connections.ts'
import type { HandedOut } from './programs/handed-out.ts'

const run = promisify(execFile)

async function output(program: string, args: readonly string[], timeout: number): Promise<unknown> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'CI' && !name.startsWith('CASSETTE_')),
  )
  const file = fromRoot(`test/protocols/programs/${program}.ts`)
  const { stdout } = await run(process.execPath, [file, ...args], { env, timeout })
  return JSON.parse(stdout)
}

const early = async (...args: string[]): Promise<readonly Early[]> =>
  (await output('early-connections', args, 50_000)) as Early[]

describe('connections older than the cassette', () => {
  let results: readonly Early[]
  let closed: readonly Early[]
  before(async function () {
    this.timeout(60_000)
    const all = await early()
    results = all.filter(({ isClosed }) => !isClosed)
    closed = all.filter(({ isClosed }) => isClosed)
    assert.equal(results.length, 9)
    assert.equal(closed.length, 2)
  })

  it('opened before the first cassette: its request is recorded', () => {
    for (const { client, recorded } of results) assert.match(recorded, /^\/a \d+$/, client)
  })

  it('opened between two cassettes: its request is replayed and does not reach the server', () => {
    for (const { client, recorded, replayed, leaked } of results) {
      assert.equal(replayed, recorded, client)
      assert.equal(leaked, 0, client)
    }
  })

  it('busy while a cassette opens: the server answers its request, and it is not recorded', () => {
    for (const { client, underWay, meanwhile } of results) {
      assert.match(underWay, /^\/slow \d+$/, client)
      assert.equal(meanwhile, '1', client)
    }
  })

  it('in a pool that can be neither emptied nor passed over: its request is refused by name, and not sent', () => {
    for (const { client, replayed, leaked } of closed) {
      assert.match(
        replayed,
        /^UnseenRequestError: GET http:..127.0.0.1:\d+.a was stopped.* a pool of the program/,
        client,
      )
      assert.equal(leaked, 0, client)
    }
  })

  it('opened before cassette was loaded: its request is recorded, or refused with the reason', async () => {
    for (const { client, recorded, replayed, leaked } of await early('late')) {
      assert.match(
        recorded,
        /^\/a \d+$|^UnseenRequestError: .*Import cassette before the first request/,
        client,
      )
      assert.match(replayed, /^\/a \d+$|^CassetteMiss: |^UnseenRequestError: /, client)
      assert.equal(leaked, 0, client)
    }
  }).timeout(60_000)
  it("returned by an undici Agent's own connector while a cassette is open: its request is refused by name, once", async () => {
    const met = (await output('handed-out', [], 30_000)) as HandedOut
    assert.deepEqual(met, { error: 'UnseenRequestError', connectorCalls: 1, requestsServed: 0 })
  }).timeout(40_000)
})
