import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import type { Command } from '../../../src/cli/command.ts'
import { pull } from '../../../src/cli/commands/pull.ts'
import { push } from '../../../src/cli/commands/push.ts'
import { token } from '../../../src/cli/commands/token.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'
import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('cassette serve and token', () => {
  let folder: ReturnType<typeof tempFolder>
  let served: ChildProcess | undefined
  beforeEach(() => (folder = tempFolder()))
  afterEach(() => {
    served?.kill('SIGKILL')
    for (const name of ['REGISTRY', 'PROJECT', 'TOKEN', 'CACHE']) delete process.env[`CASSETTE_${name}`]
    folder.remove()
  })
  const run = (command: Command, ...args: readonly string[]): Promise<CliEnded> =>
    runHere(folder.path, command, args)

  it('serve a folder until they are told to stop', async () => {
    const made = await run(
      token,
      'create',
      '--dir',
      'registry',
      '--project',
      'app',
      '--scope',
      'write',
      '--name',
      'ci',
    )
    assert.equal(made.code, 0, made.stderr)
    const secret = made.stdout.trim()
    assert.match(secret, /^cst_[0-9a-f]{12}_[\w-]{43}$/)
    const file = join(folder.path, 'registry/.cassette/tokens.json')
    assert.ok(!readFileSync(file, 'utf8').includes(secret.split('_')[2] ?? ''))
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600)

    served = spawn(
      process.execPath,
      [fromRoot('src/cli/main.ts'), 'serve', '--dir', 'registry', '--port', '0'],
      {
        cwd: folder.path,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const ended = once(served, 'exit')
    const lines = createInterface({ input: served.stdout ?? assert.fail() })
    const log: string[] = []
    lines.on('line', (line) => log.push(line))
    await once(lines, 'line')
    const { url, tokens } = JSON.parse(log[0] ?? '') as { url: string; tokens: number }
    assert.equal(tokens, 1)

    mkdirSync(join(folder.path, 'cassettes'))
    writeFileSync(join(folder.path, 'cassettes/one.yaml'), chatCassette([{ question: 'x', answer: 'y' }]))
    Object.assign(process.env, {
      CASSETTE_REGISTRY: url,
      CASSETTE_PROJECT: 'app',
      CASSETTE_TOKEN: secret,
      CASSETTE_CACHE: join(folder.path, 'cache'),
    })
    assert.match((await run(push, '--ref', 'blessed')).stdout, /1 added/)
    assert.match((await run(pull, '--dir', 'pulled')).stdout, /1 cassette written/)
    assert.equal(
      readFileSync(join(folder.path, 'pulled/one.yaml'), 'utf8'),
      readFileSync(join(folder.path, 'cassettes/one.yaml'), 'utf8'),
    )

    served.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null])
    assert.ok(log.some((line) => line.includes('"event":"stopping"')))
    assert.ok(log.every((line) => !line.includes(secret.split('_')[2] ?? '')))
  })

  it('list and revoke tokens, and refuse what cannot be', async () => {
    const made = await run(token, 'create', '--dir', 'r', '--project', '*', '--expires', '90', '--json')
    const { id } = JSON.parse(made.stdout) as { id: string }
    assert.match((await run(token, 'list', '--dir', 'r')).stdout, new RegExp(`${id} +\\* +read`))
    assert.match((await run(token, 'revoke', id, '--dir', 'r')).stdout, /revoked/)
    assert.match((await run(token, 'list', '--dir', 'r')).stdout, /has no tokens/)
    const wrong = [
      ['create', '--dir', 'r'],
      ['create', '--dir', 'r', '--project', '../x'],
      ['create', '--dir', 'r', '--project', 'a', '--scope', 'admin'],
      ['create', '--dir', 'r', '--project', 'a', '--expires', 'soon'],
      ['revoke', '--dir', 'r'],
      ['revoke', 'none', '--dir', 'r'],
      ['eat', '--dir', 'r'],
    ]
    for (const args of wrong) assert.equal((await run(token, ...args)).code, 2, args.join(' '))
  })
})
