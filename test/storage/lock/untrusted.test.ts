import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'

import { openJournal } from '../../../src/storage/journal.ts'
import { sampleFile, sampleText } from '../../cassette/samples.ts'
import { killHard, recorder, startChild, useFolder } from '../helpers.ts'

const isRoot = process.geteuid?.() === 0

describe('a thing with the name of the journal that is no journal of ours', () => {
  const at = useFolder()
  const journal = (): string => at('x.yaml.recording')
  const leftJournal = (file = 'x.yaml'): void => {
    const run = openJournal(at(file), recorder())
    run.append(sampleText('one'))
    run.leave()
  }

  /** How each thing is made, and what the error calls it. `undefined`: not possible here. */
  const things: Record<string, { make: () => void; says: RegExp } | undefined> = {
    'a link to a file': {
      make: () => {
        writeFileSync(at('other'), 'mine\n')
        symlinkSync(at('other'), journal())
      },
      says: /is a symbolic link/,
    },
    'a link to nothing': { make: () => symlinkSync(at('none'), journal()), says: /is a symbolic link/ },
    'a link to a journal': {
      make: () => {
        leftJournal('y.yaml')
        symlinkSync(at('y.yaml.recording'), journal())
      },
      says: /is a symbolic link/,
    },
    'a FIFO': { make: () => execFileSync('mkfifo', [journal()]), says: /is a FIFO/ },
    'a device': isRoot
      ? { make: () => execFileSync('mknod', [journal(), 'c', '1', '3']), says: /is a device/ }
      : undefined,
    'a folder': { make: () => mkdirSync(journal()), says: /is a folder/ },
    'a second name of a file': {
      make: () => {
        leftJournal()
        linkSync(journal(), at('other'))
      },
      says: /is a file with 2 names/,
    },
    'a journal of another user': isRoot
      ? {
          make: () => {
            leftJournal()
            chownSync(journal(), 12_345, 12_345)
          },
          says: /belongs to another user \(12345\)/,
        }
      : undefined,
    'a text': { make: () => writeFileSync(journal(), 'my notes\n'), says: /is not a journal/ },
    'a long text': {
      make: () => writeFileSync(journal(), '# {"a":1}\n'.repeat(90)),
      says: /is not a journal/,
    },
    'a cassette': { make: () => writeFileSync(journal(), sampleFile('one')), says: /is not a journal/ },
    'a journal with a broken first line': {
      make: () => {
        leftJournal()
        writeFileSync(journal(), readFileSync(journal(), 'latin1').replace('"pid":', '"pid"!'))
      },
      says: /is not a journal/,
    },
  }

  const seen = (): unknown =>
    readdirSync(at())
      .toSorted()
      .map((name) => {
        const { mode, size, mtimeMs, ino, nlink } = lstatSync(at(name))
        const text = lstatSync(at(name)).isFile() ? readFileSync(at(name), 'latin1') : ''
        return { name, mode, size, mtimeMs, ino, nlink, text }
      })

  /** In a process of its own: a FIFO could block it for ever. */
  const said = async (command: string, path: string): Promise<string> => {
    const child = startChild([command, path])
    const timer = setTimeout(() => child.process.kill('SIGKILL'), 8000)
    const [line = 'nothing in 8 seconds'] = await child.lines
    clearTimeout(timer)
    await killHard(child)
    return line
  }

  for (const [name, thing] of Object.entries(things))
    it(`${name}: a recording run is refused with its name, a replay ignores it, nobody touches it`, async function () {
      if (!thing) this.skip()
      this.timeout(20_000)
      thing.make()
      const before = seen()
      const [opened, left] = await Promise.all([said('tryOpen', at('x.yaml')), said('left', at('x.yaml'))])
      assert.match(opened, /^CASSETTE_LOCKED /)
      assert.ok(opened.includes(journal()), opened)
      assert.match(opened, thing.says)
      assert.equal(left, 'left 0')
      assert.deepEqual(seen(), before)
    })

  it('a link with the name of a claim file is refused too', async () => {
    leftJournal()
    const [, run = ''] = /"run":"(\w+)"/.exec(readFileSync(journal(), 'latin1')) ?? []
    symlinkSync(at('none'), `${journal()}.${run}`)
    const before = seen()
    const opened = await said('tryOpen', at('x.yaml'))
    assert.match(opened, /^CASSETTE_LOCKED .*\.recording\.\w+, but that is a symbolic link/)
    assert.deepEqual(seen(), before)
  })

  it('a socket is refused', async function () {
    if (process.platform === 'win32') this.skip()
    const server = createServer()
    server.listen(journal())
    await once(server, 'listening')
    assert.match(await said('tryOpen', at('x.yaml')), /is a socket/)
    assert.ok(existsSync(journal()))
    server.close()
    await once(server, 'close')
  })
})

describe('the files of a recording run', () => {
  const at = useFolder()
  const modeOf = (name: string): number => statSync(at(name)).mode & 0o777

  it('are private: the journal always, also one that an older run left open', () => {
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('one'))
    assert.equal(modeOf('x.yaml.recording'), 0o600)
    journal.leave()
    chmodSync(at('x.yaml.recording'), 0o644)
    const next = openJournal(at('x.yaml'), recorder())
    assert.equal(modeOf('x.yaml.recording'), 0o600)
    next.discard()
  })

  for (const mode of [0o600, 0o640, 0o644])
    it(`have the mode of the cassette before they have content: ${mode.toString(8)}`, () => {
      writeFileSync(at('x.yaml'), sampleFile('old'))
      chmodSync(at('x.yaml'), mode)
      const journal = openJournal(at('x.yaml'), recorder())
      const modes: number[] = []
      const content = function* (): Generator<string> {
        const temporary = readdirSync(at()).find((name) => name.endsWith('.new')) ?? 'none'
        modes.push(modeOf(temporary))
        yield sampleFile('new')
      }
      journal.commit(content())
      assert.deepEqual([...modes, modeOf('x.yaml')], [mode, mode])
    })
})
