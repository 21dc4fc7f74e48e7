import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { clear } from '../../../src/cli/commands/clear.ts'
import { deleteCommand } from '../../../src/cli/commands/delete.ts'
import { diff } from '../../../src/cli/commands/diff.ts'
import { lint } from '../../../src/cli/commands/lint.ts'
import { scan } from '../../../src/cli/commands/scan.ts'
import { show } from '../../../src/cli/commands/show.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const KEY = 'ghp_' + 'aB3dE5gH7jK9'.repeat(3)
const PLAIN = 'a line of the large answer\n'.repeat(100)
const SECRET = `${PLAIN}${KEY}\n${PLAIN}`
const nameOf = (body: string): string => createHash('sha256').update(body).digest('hex')

const item = (id: string, body: string): string => `  - id: ${id}
    recorded_at: 2026-11-21T08:00:00.000Z
    request:
      method: GET
      url: http://127.0.0.1/${id}
      headers: {}
    response:
      status: 200
      headers: {Content-Type: text/plain}
      body: {sidecar: ${nameOf(body)}, bytes: ${body.length}}
`

describe('the commands, with bodies beside a cassette', () => {
  let folder: ReturnType<typeof tempFolder>
  const at = (...names: string[]): string => join(folder.path, ...names)
  const bodies = (side = 'tapes'): string[] =>
    existsSync(at(side, 'x.yaml.d')) ? readdirSync(at(side, 'x.yaml.d')) : []
  const run = (command: Parameters<typeof runHere>[1], ...args: string[]): Promise<CliEnded> =>
    runHere(folder.path, command, args)

  beforeEach(() => {
    folder = tempFolder()
    mkdirSync(at('tapes', 'x.yaml.d'), { recursive: true })
    writeFileSync(
      at('tapes', 'x.yaml'),
      `version: 1\ninteractions:\n${item('aa11', PLAIN)}${item('bb22', SECRET)}`,
    )
    for (const body of [PLAIN, SECRET]) writeFileSync(at('tapes', 'x.yaml.d', nameOf(body)), body)
  })
  afterEach(() => folder.remove())

  it('delete takes the body of an interaction along, and clear all of them', async () => {
    assert.equal((await run(deleteCommand, 'tapes/x.yaml', 'bb22')).code, 0)
    assert.deepEqual(bodies(), [nameOf(PLAIN)])
    assert.equal((await run(clear, 'tapes/x.yaml', '--yes')).code, 0)
    assert.equal(existsSync(at('tapes', 'x.yaml.d')), false)
  })

  it('scan finds a key in one, and --fix leaves no file that has it', async () => {
    const found = await run(scan, 'tapes')
    assert.deepEqual([found.code, found.stdout.match(/bb22/g)?.length], [1, 1], found.stdout)
    assert.equal((await run(scan, 'tapes', '--fix')).code, 0)
    for (const name of bodies()) assert.ok(!readFileSync(at('tapes', 'x.yaml.d', name), 'utf8').includes(KEY))
    assert.ok(bodies().includes(nameOf(PLAIN)))
    const shown = await run(show, 'tapes/x.yaml', '--json')
    assert.ok(shown.stdout.includes('REDACTED') && !shown.stdout.includes(KEY))
  })

  it('lint --fix leaves them', async () => {
    await run(lint, 'tapes', '--fix')
    assert.deepEqual(bodies().toSorted(), [PLAIN, SECRET].map(nameOf).toSorted())
  })

  for (const [what, spoil] of [
    ['missing', (path: string) => rmSync(path)],
    ['of another length', (path: string) => writeFileSync(path, 'short')],
    ['of other bytes', (path: string) => writeFileSync(path, PLAIN.replace('a line', 'A line'))],
  ] as const)
    it(`name one that is ${what}`, async () => {
      cpSync(at('tapes'), at('base'), { recursive: true })
      const path = at('tapes', 'x.yaml.d', nameOf(PLAIN))
      spoil(path)
      for (const ended of [
        await run(scan, 'tapes'),
        await run(lint, 'tapes'),
        await run(show, 'tapes/x.yaml'),
        await run(diff, 'base', 'tapes'),
      ]) {
        assert.equal(ended.code, 3, ended.stdout)
        assert.match(ended.stdout + ended.stderr, new RegExp(`expected the file \\S+/${nameOf(PLAIN)} of `))
      }
    })
})
