import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { completionOf } from '../../../src/cli/commands/completion.ts'
import { orphans } from '../../../src/cli/commands/orphans.ts'
import { prune } from '../../../src/cli/commands/prune.ts'
import type { Command } from '../../../src/cli/command.ts'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('commands that clear up', () => {
  let folder: ReturnType<typeof tempFolder>
  beforeEach(() => {
    folder = tempFolder()
  })
  afterEach(() => folder.remove())
  const path = (name: string): string => join(folder.path, name)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  const run = (command: Command, ...args: string[]): Promise<CliEnded> => runHere(folder.path, command, args)
  const completion = completionOf(COMMANDS)
  const PARIS = { question: 'The capital of France?', answer: 'Paris.' }
  const OSLO = { question: 'The capital of Norway?', answer: 'Oslo.' }

  it('prune names duplicates, and removes them with --yes', async () => {
    const text = chatCassette([PARIS, PARIS, OSLO])
    write('cassettes/a.yaml', text)
    const dry = await run(prune)
    assert.equal(dry.code, 1)
    assert.match(dry.stdout, /a\.yaml: 1 interaction would be removed\n {2}a+1 .*\nRun it again with --yes/s)
    assert.equal(readFileSync(path('cassettes/a.yaml'), 'utf8'), text)
    const { code } = await run(prune, '--yes')
    assert.equal(code, 0)
    const left = readFileSync(path('cassettes/a.yaml'), 'utf8')
    assert.deepEqual([left.match(/France/g)?.length, left.match(/Norway/g)?.length], [1, 1])
    assert.match((await run(prune)).stdout, /nothing to prune/)
  })

  it('prune removes what is older than --max-age days', async () => {
    write('cassettes/a.yaml', chatCassette([PARIS, OSLO]))
    const { code, stdout } = await run(prune, '--max-age', '0', '--json')
    const { files } = JSON.parse(stdout) as { files: { removed: unknown[] }[] }
    assert.deepEqual([code, files.map(({ removed }) => removed.length)], [1, [2]])
    assert.equal((await run(prune, '--max-age', 'x')).code, 2)
  })

  it('orphans lists cassettes whose test file is gone, and removes them with --yes', async () => {
    const text = chatCassette([PARIS])
    write('test/here.test.ts', '')
    for (const name of [
      'test/here.test.ts/a.yaml',
      'test/gone.test.ts/b.yaml',
      'test/lost.test.mjs.d/c.yaml',
      'own/d.yaml',
    ])
      write(`cassettes/${name}`, text)
    const { code, stdout } = await run(orphans)
    assert.equal(code, 1)
    assert.deepEqual(stdout.trim().split('\n'), [
      '2 cassettes whose test file is gone',
      '  cassettes/test/gone.test.ts/b.yaml',
      '  cassettes/test/lost.test.mjs.d/c.yaml',
    ])
    assert.equal((await run(orphans, '--yes')).code, 0)
    assert.deepEqual(
      ['here.test.ts/a.yaml', 'gone.test.ts/b.yaml'].map((name) =>
        existsSync(path(`cassettes/test/${name}`)),
      ),
      [true, false],
    )
  })

  it('completion names every command and its options, and bash completes with it', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await run(completion, shell)
      assert.equal(code, 0)
      for (const name of Object.keys(COMMANDS)) assert.ok(stdout.includes(name), `${shell}: ${name}`)
      assert.match(stdout, /max-age/)
    }
    write('complete.sh', (await run(completion, 'bash')).stdout)
    const completed = (words: string): string[] =>
      execFileSync('bash', [
        '-c',
        `source ${path('complete.sh')}; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _cassette; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ])
        .toString()
        .trim()
        .split('\n')
    assert.deepEqual(
      completed('cassette pro'),
      ['proxy', 'promote'].filter((name) => name in COMMANDS),
    )
    assert.ok(completed('cassette proxy --').includes('--target'))
    assert.deepEqual(completed('cassette show --r'), ['--raw'])
    assert.equal((await run(completion, 'tcsh')).code, 2)
  })
})
