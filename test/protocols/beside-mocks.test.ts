import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import type { Beside } from './programs/beside-mocks.ts'

const run = promisify(execFile)

async function beside(library: string, order: 'first' | 'second'): Promise<readonly Beside[]> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'CI' && !name.startsWith('CASSETTE_')),
  )
  const program = fromRoot('test/protocols/programs/beside-mocks.ts')
  const { stdout } = await run(process.execPath, [program, library, order], { env, timeout: 50_000 })
  return JSON.parse(stdout) as Beside[]
}

const ORDERS = { first: 'started before the first cassette', second: 'started after it' } as const

describe('beside another library that intercepts', () => {
  for (const library of ['msw', 'nock']) {
    for (const order of ['first', 'second'] as const) {
      it(`${library}, ${ORDERS[order]}: its mocks keep working, and all other requests are recorded and replayed`, async () => {
        for (const { client, ...got } of await beside(library, order)) {
          // msw mocks fetch and http only.
          const mocked = library === 'msw' && client === 'undici Agent' ? 'real /mocked' : 'MOCK'
          assert.equal(got.recording, `real /a, ${mocked}, real /b`, client)
          // fetch is answered above the sockets: there a mock looks like a server.
          const recorded = client === 'fetch' || mocked !== 'MOCK'
          assert.deepEqual(got.tape, recorded ? ['/a', '/mocked', '/b'] : ['/a', '/b'], client)
          assert.equal(got.replay, 'real /a, real /b', client)
          assert.equal(got.leaked, 0, client)
          assert.equal(got.outside, `real /a, ${mocked}`, client)
        }
      }).timeout(60_000)
    }
  }

  describe('with its own copy of the interceptors', () => {
    const folder = tempFolder()
    const modules = join(folder.path, 'node_modules')
    const copy = join(modules, '@mswjs/interceptors')
    before(() => {
      mkdirSync(join(modules, '@mswjs'), { recursive: true })
      cpSync(fromRoot('node_modules/@mswjs/interceptors'), copy, { recursive: true })
      for (const name of readdirSync(fromRoot('node_modules')))
        if (name !== '@mswjs') symlinkSync(fromRoot(`node_modules/${name}`), join(modules, name))
    })
    after(() => folder.remove())

    for (const order of ['first', 'second'] as const) {
      it(`${ORDERS[order]}: opening a cassette fails and says why`, async () => {
        const entry = join(copy, 'lib/node/interceptors/http/index.js')
        for (const { client, ...got } of await beside(entry, order)) {
          assert.equal(got.recording, 'CASSETTE_FOREIGN_INTERCEPTORS', client)
          assert.equal(got.replay, 'CASSETTE_FOREIGN_INTERCEPTORS', client)
          assert.equal(got.leaked, 0, client)
          if (order === 'first') assert.equal(got.outside, 'real /a, MOCK', client)
        }
      }).timeout(60_000)
    }
  })
})
