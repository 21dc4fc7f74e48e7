import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

import { fromRoot } from '../helpers/shared.ts'
import { makeProject } from './project.ts'

describe('a Node that is too old', function () {
  this.timeout(60_000)

  it('can link everything that the preload imports before the version check', () => {
    const source = readFileSync(fromRoot('src/integrations/register.ts'), 'utf8')
    const imported = [...source.matchAll(/^import .* from '(.*)'$/gm)].map(([, name]) => name)
    assert.deepEqual(imported, ['./load.ts'])
  })

  it('gets a message with the needed version, and exits with 1', async () => {
    const project = makeProject('test/fixtures/programs')
    try {
      // A current Node can pretend to be old, because the check reads process.versions.
      writeFileSync(
        project.file('pretend.cjs'),
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.18.0' } })`,
      )
      const ended = await project.run([
        '--require',
        './pretend.cjs',
        '--require',
        'cassette/register',
        'ask.cjs',
        'exit:0',
      ])
      assert.equal(ended.code, 1, ended.output)
      assert.equal(ended.stderr, 'cassette: Node 22.19 or newer is needed, this is 22.18.0.\n')
    } finally {
      project.remove()
    }
  })

  const isTold = (args: readonly string[]) =>
    async function (this: Mocha.Context): Promise<void> {
      const old = oldNode()
      if (old === undefined) return this.skip()
      const project = makeProject('test/fixtures/programs')
      const ended = await project.run(args, { node: old }).finally(() => project.remove())
      assert.equal(ended.code, 1, ended.output)
      assert.match(ended.stderr, /^cassette: Node 22\.19 or newer is needed, this is \d+\.\d+\.\d+\.\n$/)
    }
  for (const name of ['register', 'mocha', 'node-test', 'jest'])
    it(
      `gets that message from cassette/${name} (with the old Node of this machine)`,
      isTold(['--import', `cassette/${name}`, 'ask.cjs']),
    )
  it(
    'gets that message from the command (with the old Node of this machine)',
    isTold(['../node_modules/cassette/dist/cli/main.js', 'run', '--', 'node', '-v']),
  )
})

/** Finds an old Node that is installed on this machine. */
function oldNode(): string | undefined {
  return ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    const { stdout } = spawnSync(path, ['-v'], { encoding: 'utf8' })
    const [, major = 0, minor = 0] = /^v(\d+)\.(\d+)/.exec(stdout ?? '')?.map(Number) ?? []
    return major > 18 && (major < 22 || (major === 22 && minor < 19))
  })
}
