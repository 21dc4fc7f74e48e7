import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

/** Runs the script over a checkout of this package with these test files. */
async function suites(
  manifest: object,
  files: Record<string, string>,
  ...options: string[]
): Promise<{ code: number; report: string }> {
  const { path: checkout, remove } = tempFolder()
  for (const [name, content] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    mkdirSync(join(checkout, name, '..'), { recursive: true })
    writeFileSync(join(checkout, name), content)
  }
  const args = [fromRoot('scripts/suites.ts'), checkout, '--library', fromRoot('src/index.ts'), ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ])
  remove()
  return { code, report: out + errors }
}

const REAL = `
const test = require('node:test'), assert = require('node:assert')
test('good', () => {})
test('bad everywhere', () => assert.fail())
test('bad when patched', () => assert.equal(process.env.SUITES_SETTING, 'plain'))
test('bad while recording', async () => {
  const server = require('node:http').createServer((_, response) => response.end('hello')).listen(0)
  await require('node:events').once(server, 'listening')
  const answer = await fetch('http://127.0.0.1:' + server.address().port)
  assert.equal(await answer.text(), 'hello')
  server.close()
  server.closeAllConnections()
  assert.notEqual(process.env.SUITES_SETTING, 'recording')
})
`

describe('npm run suites', () => {
  it('names the tests that fail only under the patches, by setting, and ends with 1', async () => {
    const { code, report } = await suites({ name: 'undici' }, { 'test/some.js': REAL })
    assert.match(report, /^undici: 1 files; plain: 3 of 4 tests pass$/m)
    assert.match(
      report,
      /^idle: 1 new failures, 0 known\n {2}test\/some\.js: bad when patched\nrecording: 2 new failures, 0 known\n/m,
    )
    assert.match(report, /^ {2}test\/some\.js: bad while recording$/m)
    assert.doesNotMatch(report, /bad everywhere/)
    assert.equal(code, 1)
  }).timeout(90_000)

  it('names a process that crashes or hangs', async () => {
    const crash = `if (process.env.SUITES_SETTING === 'idle') process.abort()`
    const hang = `if (process.env.SUITES_SETTING === 'idle') setInterval(() => {}, 1000)`
    const { code, report } = await suites(
      { name: 'undici' },
      { 'test/crash.js': crash, 'test/hang.js': hang, 'test/fine.js': '' },
      '--setting',
      'idle',
      '--limit',
      '4',
    )
    assert.match(report, /^idle: 2 new failures/m)
    assert.match(report, /test\/crash\.js: \(the process\)/)
    assert.match(report, /test\/hang\.js: \(the process\)/)
    assert.equal(code, 1)
  }).timeout(90_000)

  it('says which checkouts it knows', async () => {
    const { code, report } = await suites({ name: 'left-pad' }, {})
    assert.equal(code, 1)
    assert.match(report, /holds no suite that is known here.*grpc-js, undici, ws/)
  }).timeout(20_000)
})
