import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Command } from '../../../src/cli/command.ts'
import { gate } from '../../../src/cli/commands/gate.ts'
import { gc } from '../../../src/cli/commands/gc.ts'
import { log } from '../../../src/cli/commands/log.ts'
import { promote } from '../../../src/cli/commands/promote.ts'
import { pull } from '../../../src/cli/commands/pull.ts'
import { push } from '../../../src/cli/commands/push.ts'
import { refs } from '../../../src/cli/commands/refs.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { cli, type CliEnded, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const PARIS = { question: 'The capital of France?', answer: 'Paris.' }

describe('the commands of a registry', () => {
  let folder: ReturnType<typeof tempFolder>
  let config: { registry: string; project: string }
  beforeEach(() => {
    folder = tempFolder()
    mkdirSync(join(folder.path, 'cassettes'))
    write('cassettes/one.yaml', chatCassette([PARIS]))
    config = { registry: pathToFileURL(join(folder.path, 'registry')).href, project: 'app' }
    write('cassette.config.json', JSON.stringify(config))
    process.env['CASSETTE_CACHE'] = join(folder.path, 'cache')
  })
  afterEach(() => {
    delete process.env['CASSETTE_CACHE']
    folder.remove()
  })

  const write = (name: string, text: string): void => writeFileSync(join(folder.path, name), text)
  const run = (command: Command, ...args: readonly string[]): Promise<CliEnded> =>
    runHere(folder.path, command, args)
  const fine = async (command: Command, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(command, ...args)
    assert.equal(code, 0, stdout + stderr)
    return stdout
  }

  it('push, promote, gate against blessed, pull: the way of a pull request', async () => {
    assert.match(await fine(push, '--ref', 'pr-42'), /^pr-42 is [0-9a-f]{12}: 1 added\n$/)
    assert.match(
      await fine(promote, 'pr-42', 'blessed'),
      /^blessed is [0-9a-f]{12}, as pr-42: 1 cassette, 1 interaction; 1 added\n$/,
    )
    assert.match(
      await fine(gate, '--base', 'registry:blessed', '--head', 'cassettes'),
      /^identical: 1 identical/,
    )
    write('cassettes/one.yaml', chatCassette([{ ...PARIS, finish: 'length' }]))
    const gated = await run(gate, '--base', 'registry:blessed', '--head', 'cassettes', '--json')
    assert.equal(gated.code, 1, gated.stdout + gated.stderr)
    assert.match(gated.stdout, /"base": "registry:blessed"/)
    assert.match(await fine(push, '--ref', 'pr-43'), /: 1 added/)
    assert.match(await fine(pull, '--ref', 'blessed', '--dir', 'pulled'), /1 cassette written, 0 as before/)
    assert.equal(readFileSync(join(folder.path, 'pulled/one.yaml'), 'utf8'), chatCassette([PARIS]))
    const listed = await fine(refs)
    assert.match(listed, /blessed .*promote pr-42/)
    assert.match(listed, /pr-43 /)
    assert.match(
      await fine(log, '--ref', 'blessed'),
      /promote pr-42.*\n.*no change; 1 cassette.*\n.*push.*\n.*1 added; 1 cassette/,
    )
    assert.match(await fine(refs, '--remove', 'pr-43'), /removed the ref pr-43/)
    assert.match(await fine(gc, '--grace', '0m'), /0 removed, 2 unused/)
    assert.match(await fine(gc, '--grace', '0m'), /2 removed, 0 unused/)
    assert.match(await fine(pull, '--dir', 'again'), /again has blessed/)
  })

  it('sends nothing with a secret, and names file and line', async () => {
    write(
      'cassettes/two.yaml',
      chatCassette([PARIS, { question: 'x', answer: `sk-proj-${'Ab1'.repeat(16)}` }]),
    )
    const { code, stdout } = await run(push, '--ref', 'pr-42')
    assert.equal(code, 1, stdout)
    assert.match(stdout, /cassettes\/two\.yaml:\d+: secret: a secret/)
    assert.doesNotMatch(stdout, /Ab1Ab1/)
    assert.match(await fine(refs), /has no refs/)
  })

  it('says what would be sent, and sends nothing', async () => {
    assert.deepEqual(JSON.parse(await fine(push, '--ref', 'pr-42', '--dry-run', '--json')), {
      ref: 'pr-42',
      cassettes: 1,
      toSend: 1,
      bytes: chatCassette([PARIS]).length,
      dryRun: true,
    })
    assert.match(await fine(refs), /has no refs/)
  })

  it('refuses wrong names as wrong usage, and a missing ref as not readable', async () => {
    const codes = [
      await run(push, '--ref', '../x'),
      await run(promote, 'pr-1', '/x'),
      await run(push, '--ref', 'a', '--registry', 'https://user:hunter2@example.com/'),
      await run(push, '--ref', 'a', '--project', 'A/b'),
      await run(gc, '--grace', 'soon'),
      await run(pull, '--ref', 'none'),
      await run(gate, '--base', 'registry:none', '--head', 'cassettes'),
    ]
    assert.deepEqual(
      codes.map(({ code }) => code),
      [2, 2, 2, 2, 2, 3, 3],
    )
    assert.ok(codes.every(({ stderr }) => !stderr.includes('hunter2')))
  })

  it('has no default registry, and reads its configuration strictly', async () => {
    write('cassette.config.json', '{}')
    assert.match((await run(refs)).stderr, /which registry\? There is no default/)
    write('cassette.config.json', JSON.stringify({ registry: config.registry }))
    assert.match((await run(refs)).stderr, /which project\?/)
    write('cassette.config.json', '{')
    assert.match((await run(refs)).stderr, /cassette\.config\.json is no JSON/)
  })

  it('prints results on standard output and progress on standard error', async () => {
    const env = { CASSETTE_REGISTRY: config.registry, CASSETTE_PROJECT: 'other' }
    const { code, stdout, stderr } = await cli(folder.path, ['push', '--ref', 'pr-1', '--json'], env)
    assert.equal(code, 0, stderr)
    assert.equal((JSON.parse(stdout) as { project: string }).project, 'other')
    assert.match(stderr, /^1 cassette, 1 to send \(\d+ B\) to the folder .*, project other, ref pr-1\n$/)
  })
})
