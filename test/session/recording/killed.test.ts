import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

import { thisRun } from '../../../src/storage/lock/identity.ts'
import { leftoverOf } from '../../../src/storage/leftover.ts'
import { useFolder } from '../../storage/helpers.ts'

const KILLS = Number(process.env['KILLS'] ?? 6)
const RECORDER = fileURLToPath(new URL('../programs/killed-recorder.ts', import.meta.url))
const LARGE = 'a large answer, line by line\n'.repeat(8000)

const ENCODERS = {
  identity: (body: string) => Buffer.from(body),
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
}
const CODINGS = Object.keys(ENCODERS) as (keyof typeof ENCODERS)[]

/** Every second answer is large. Each one has another content coding than the one before. */
const server = createServer((request, response) => {
  const number = Number(request.url?.slice(1))
  const coding = CODINGS[number % CODINGS.length] ?? 'identity'
  const body = `answer ${number} ${number % 2 === 0 ? LARGE : ''}`
  if (coding !== 'identity') response.setHeader('content-encoding', coding)
  response.end(ENCODERS[coding](body))
})

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** @returns the numbers of the answers whose end the program has seen */
async function recordUntil(signal: NodeJS.Signals, path: string, url: string): Promise<string[]> {
  const child = spawn(process.execPath, [RECORDER, path, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += String(data)
    // After the first ten answers, at a random moment.
    if (said.split('\n').length > 10) setTimeout(() => child.kill(signal), Math.random() * 60)
  })
  await Promise.all([once(child, 'exit'), once(child.stdout, 'close')])
  return said.split('\n').slice(0, -1)
}

/** @returns how many answers the program has seen; each of them must be in the journal */
async function checkKill(signal: NodeJS.Signals, path: string, url: string): Promise<number> {
  const seen = await recordUntil(signal, path, url)
  const left = leftoverOf(path, thisRun(new Date().toISOString())).map((entry) => entry.read())
  for (const number of seen) {
    const found = left.find(({ request }) => request.url.endsWith(`/${number}`))
    const body = JSON.stringify(found?.response?.body)
    assert.ok(body?.includes(`answer ${number} `), `answer ${number} of ${seen.length} is lost: ${body}`)
  }
  return seen.length
}

describe('a process that is killed while it records', () => {
  const at = useFolder()
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close())

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const)
    it(`by ${signal} loses no answer whose end its program has seen: small, large, compressed`, async function () {
      this.timeout(0)
      const counts: number[] = []
      for (let kill = 0; kill < Math.ceil(KILLS / 3); kill++)
        counts.push(await checkKill(signal, at(`${kill}.yaml`), address()))
      assert.ok(
        counts.every((count) => count >= 3),
        'the processes were killed too early',
      )
    })
})
