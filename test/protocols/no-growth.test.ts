import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { fromRoot } from '../helpers/shared.ts'
import type { Held } from './programs/ten-thousand-replays.ts'

const run = promisify(execFile)

async function tenThousandReplays(client: string): Promise<Held> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'CI' && !name.startsWith('CASSETTE_')),
  )
  const { stdout } = await run(
    process.execPath,
    ['--expose-gc', fromRoot('test/protocols/programs/ten-thousand-replays.ts'), client],
    { env, timeout: 110_000 },
  )
  return JSON.parse(stdout) as Held
}

/** How many sockets each client may connect for 10,000 sequential replays. */
const SOCKETS: Readonly<Record<string, number>> = {
  fetch: 0,
  'undici Agent': 4,
  'http, keep-alive': 4,
  'http, no keep-alive': 10_000,
}

describe('10,000 replays', () => {
  const results = new Map<string, Held>()
  before(async function () {
    this.timeout(120_000)
    await Promise.all(
      Object.keys(SOCKETS).map(async (client) => results.set(client, await tenThousandReplays(client))),
    )
  })

  for (const [client, most] of Object.entries(SOCKETS)) {
    describe(`through ${client}`, () => {
      const held = (): Held => {
        const result = results.get(client)
        assert.ok(result)
        return result
      }
      it('leave no handle open', () => {
        const [first, last] = held().handles
        assert.ok(last <= first, `${first} before, ${last} after`)
      })
      it('do not grow the heap (a leaked connection has at least 17 KB)', () => {
        const { bytesPerReplay } = held()
        assert.ok(bytesPerReplay < 300, `${bytesPerReplay} bytes each`)
      })
      it('starve no timer', () => {
        const { ticks, ms } = held()
        assert.ok(ticks > ms / 5 / 10, `a timer of 5 ms was served ${ticks} times in ${ms} ms`)
      })
      it(`connect ${most === 0 ? 'no socket' : `${most} sockets at most`}`, () => {
        assert.ok(held().sockets <= most, `${held().sockets}`)
      })
    })
  }
})
