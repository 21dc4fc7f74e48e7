import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'

import { wantsColors } from '../src/colors.ts'
import { cleanEnvironment } from './integrations/project.ts'
import { fromRoot } from './helpers/shared.ts'

const CASES: [env: Record<string, string>, isTerminal: boolean, wanted: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ CI: 'true' }, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ TERM: 'xterm-256color' }, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '0' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '3', TERM: 'dumb' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ FORCE_COLOR: '' }, false, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
]

const cli = (args: string[], env: Record<string, string>): Promise<{ stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [fromRoot('src/cli/main.ts'), ...args],
      { env: cleanEnvironment(env), timeout: 50_000 },
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    )
  })

describe('colours', () => {
  for (const [env, isTerminal, wanted] of CASES)
    it(`${wanted ? 'are on' : 'are off'} ${isTerminal ? 'on a terminal' : 'in a pipe'} with ${JSON.stringify(env)}`, () =>
      assert.equal(wantsColors(env, isTerminal), wanted))

  it('of the command line follow NO_COLOR and FORCE_COLOR, in usage texts and in complaints', async () => {
    const forced = { NO_COLOR: '', FORCE_COLOR: '1' }
    const [usage, complaint] = await Promise.all([cli(['rebase', '--help'], forced), cli(['nix'], forced)])
    assert.ok(usage.stdout.includes('\u001b[36mFILE\u001b[39m    the cassette'), usage.stdout)
    assert.ok(complaint.stderr.startsWith('\u001b[31mcassette:\u001b[39m unknown command'), complaint.stderr)
    for (const env of [
      { NO_COLOR: '', CI: 'true' },
      { NO_COLOR: '1', FORCE_COLOR: '1', NODE_NO_WARNINGS: '1' },
    ]) {
      const plain = await Promise.all([
        cli(['rebase', '--help'], env),
        cli(['nix'], env),
        cli(['rebase'], env),
      ])
      assert.equal(plain[0].stderr, '')
      assert.match(plain[2].stderr, /^cassette: Missing required/)
      for (const { stdout, stderr } of plain) assert.ok(!`${stdout}${stderr}`.includes('\u001b'))
    }
  }).timeout(60_000)
})
