import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { CassettePathError } from '../../src/errors/cassette-path-error.ts'
import { checkCassettePath, loadCassette } from '../../src/storage/file.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { sampleFile, sampleInteraction } from '../cassette/samples.ts'
import { recorder, useFolder } from './helpers.ts'

function assertRefused(path: unknown, problem: RegExp): void {
  assert.throws(
    () => checkCassettePath(path),
    (error) => {
      assert.ok(error instanceof CassettePathError && error.code === 'CASSETTE_PATH')
      assert.match(error.message, problem)
      assert.equal(error.path, path)
      if (typeof path === 'string') assert.ok(error.message.includes(JSON.stringify(path)))
      return true
    },
  )
}

describe('a path for a cassette', () => {
  const at = useFolder()

  it('is made absolute', () => {
    const path = at('a', 'b.yaml')
    assert.equal(checkCassettePath(path), path)
    assert.equal(checkCassettePath(relative(process.cwd(), path)), path)
    assert.equal(checkCassettePath(at('x', '..', 'b.yaml')), at('b.yaml'))
  })

  const nonsense: readonly [unknown, RegExp][] = [
    [undefined, /not a string but undefined/],
    [null, /not a string but null/],
    [7, /not a string but number/],
    [{}, /not a string but object/],
    [['a'], /not a string but a list/],
    ['', /is empty/],
    ['a\0b', /NUL/],
    ['a/', /names a folder/],
    ['.', /is a folder/],
    ['/', /folder/],
  ]
  for (const [path, problem] of nonsense) {
    it(`is refused if it is ${JSON.stringify(path)}`, () => assertRefused(path, problem))
  }

  it('is refused if it is a folder', () => {
    mkdirSync(at('folder.yaml'))
    assertRefused(at('folder.yaml'), /is a folder/)
    symlinkSync(at('folder.yaml'), at('link.yaml'))
    assertRefused(at('link.yaml'), /is a folder/)
  })

  it('is refused if its links lead in a circle', () => {
    symlinkSync(at('b.yaml'), at('a.yaml'))
    symlinkSync(at('a.yaml'), at('b.yaml'))
    assertRefused(at('a.yaml'), /circle \(ELOOP\)/)
    symlinkSync(at('loop'), at('loop'))
    assertRefused(at('loop', 'x.yaml'), /circle \(ELOOP\)/)
  })

  it('is refused if one of its folders is a file', () => {
    writeFileSync(at('file'), '')
    assertRefused(at('file', 'x.yaml'), /ENOTDIR|is not a folder/)
    assertRefused(at('file', 'deep', 'x.yaml'), /ENOTDIR|is not a folder/)
  })

  it('is refused if the name is too long', () => {
    assertRefused(at(`${'x'.repeat(300)}.yaml`), /too long/)
    assertRefused(at(...Array<string>(100).fill('x'.repeat(100)), 'x.yaml'), /too long/)
  })

  it('is refused if it is not a regular file', async function () {
    if (process.platform === 'win32') this.skip()
    const server = createServer()
    server.listen(at('socket.yaml'))
    await once(server, 'listening')
    try {
      assertRefused(at('socket.yaml'), /not a regular file/)
      assert.throws(() => loadCassette(at('socket.yaml')), CassettePathError)
      assertRefused('/dev/null', /not a regular file/)
    } finally {
      server.close()
    }
  })

  it('may be a link to a file that does not exist yet', () => {
    symlinkSync(at('later', 'real.yaml'), at('link.yaml'))
    assert.equal(checkCassettePath(at('link.yaml')), at('link.yaml'))
    symlinkSync('/dev/null/x.yaml', at('nowhere.yaml'))
    assertRefused(at('nowhere.yaml'), /ENOTDIR|is not a folder/)
  })

  it('is refused for recording if the journal and its helper files would have names that are too long', () => {
    const path = at(`${'x'.repeat(240)}.yaml`)
    assert.equal(checkCassettePath(path), path)
    assert.throws(() => openJournal(path, recorder()), { code: 'CASSETTE_PATH', message: /too long/ })
  })

  it('is refused for recording if the file or the folder is not writable', function () {
    writeFileSync(at('x.yaml'), '')
    chmodSync(at('x.yaml'), 0o444)
    if (process.getuid?.() === 0) {
      // Even root may not write here.
      assert.throws(() => openJournal('/sys/x.yaml', recorder()), {
        code: 'CASSETTE_PATH',
        message: /"\/sys\/x.yaml"/,
      })
      return
    }
    assert.throws(() => openJournal(at('x.yaml'), recorder()), { code: 'CASSETTE_PATH', message: /EACCES/ })
    mkdirSync(at('folder'), 0o555)
    assert.throws(() => openJournal(at('folder', 'x.yaml'), recorder()), {
      code: 'CASSETTE_PATH',
      message: /EACCES/,
    })
  })
})

describe('loading a cassette', () => {
  const at = useFolder()

  it('gives nothing if the file does not exist', () => {
    assert.equal(loadCassette(at('x.yaml')), undefined)
    assert.equal(loadCassette(at('deep', 'x.yaml')), undefined)
    symlinkSync(at('gone.yaml'), at('link.yaml'))
    assert.equal(loadCassette(at('link.yaml')), undefined)
  })

  it('gives the content of the file, through links too', () => {
    writeFileSync(at('x.yaml'), sampleFile('a', 'b'))
    symlinkSync(join('.', 'x.yaml'), at('link.yaml'))
    for (const name of ['x.yaml', 'link.yaml']) {
      const cassette = loadCassette(at(name))
      assert.deepEqual(
        cassette?.entries.map((entry) => entry.read()),
        [sampleInteraction('a'), sampleInteraction('b')],
      )
      assert.equal(cassette?.path, at(name))
    }
  })

  it('says what is wrong with the file, and does not change it', () => {
    writeFileSync(at('x.yaml'), 'version: 9\n')
    assert.throws(() => loadCassette(at('x.yaml')), {
      code: 'CASSETTE_FORMAT',
      path: at('x.yaml'),
      line: 1,
      column: 10,
    })
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), 'version: 9\n')
  })

  it('is refused for a folder', () => {
    assert.throws(() => loadCassette(at('.')), { code: 'CASSETTE_PATH' })
  })
})
