import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { renderCassette } from '../../src/cassette/cassette.ts'
import { loadCassette } from '../../src/storage/file.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { sampleFile, sampleText } from '../cassette/samples.ts'
import { recorder, startChild, useFolder } from './helpers.ts'

/** Whether the command succeeded. It may need rights that this user does not have. */
function run(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('a full disk', () => {
  const at = useFolder()
  const old = sampleFile('old')

  const assertKept = (said: readonly string[], journal: string, code: string): number => {
    const [refused = '', committed = ''] = said
    const count = Number(/^refused after (\d+): CASSETTE_WRITE /.exec(refused)?.[1])
    assert.ok(count > 0, said.join('\n'))
    assert.match(
      refused,
      new RegExp(`x\\.yaml could not be written: .*\\(${code}\\)\\. The cassette is as it was`),
    )
    assert.ok(refused.includes(journal), refused)
    // The journal takes the space that the cassette would need.
    assert.match(committed, new RegExp(`^not committed: CASSETTE_WRITE .*\\(${code}\\)`))
    return count
  }

  it('gives an error that names the path and keeps the old cassette and the journal (a size limit)', async function () {
    if (process.platform === 'win32') this.skip()
    writeFileSync(at('x.yaml'), old)
    // POSIX counts this limit in blocks of 512 bytes.
    const child = startChild(['fill', at('x.yaml'), '3000'], ['sh', '-c', 'ulimit -f 40; exec "$@"', 'sh'])
    const said = await child.lines
    // Each file may have the same size: the cassette has no journal lines, so it just fits.
    const count = Number(/^refused after (\d+): CASSETTE_WRITE .*EFBIG/.exec(said[0] ?? '')?.[1])
    assert.ok(count > 0, said.join('\n'))
    assert.equal(said[1], 'committed')
    assert.equal(loadCassette(at('x.yaml'))?.entries.length, count)
    assert.deepEqual(readdirSync(at()), ['x.yaml'])
  })

  it('gives an error that names the path and keeps the old cassette and the journal (a small disk)', async function () {
    mkdirSync(at('disk'))
    if (!run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('disk'))) this.skip()
    try {
      writeFileSync(at('disk', 'x.yaml'), old)
      const said = await startChild(['fill', at('disk', 'x.yaml'), '3000']).lines
      const count = assertKept(said, at('disk', 'x.yaml.recording'), 'ENOSPC')
      assert.equal(readFileSync(at('disk', 'x.yaml'), 'utf8'), old)
      assert.deepEqual(readdirSync(at('disk')), ['x.yaml', 'x.yaml.recording'])
      // When there is space again, the next run continues with the journal.
      assert.ok(run('mount', '-o', 'remount,size=1m', at('disk')))
      const journal = openJournal(at('disk', 'x.yaml'), recorder())
      assert.equal(journal.recovered.length, count)
      journal.append(sampleText('more'))
      journal.commit(
        renderCassette({ entries: journal.recovered.map((entry) => entry.text), incomplete: false }),
      )
      assert.equal(loadCassette(at('disk', 'x.yaml'))?.entries.length, count)
    } finally {
      run('umount', at('disk'))
    }
  })

  it('gives an error that names the path before anything is recorded if not even the journal fits', async function () {
    mkdirSync(at('disk'))
    if (!run('mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', at('disk'))) this.skip()
    try {
      writeFileSync(at('disk', 'filler'), 'x'.repeat(4096))
      const [said = ''] = await startChild(['tryOpen', at('disk', 'x.yaml')]).lines
      assert.match(
        said,
        /^CASSETTE_WRITE .*x\.yaml could not be written: no space is left on the device \(ENOSPC\)/,
      )
      assert.deepEqual(readdirSync(at('disk')), ['filler'])
    } finally {
      run('umount', at('disk'))
    }
  })
})

describe('a read-only disk', () => {
  const at = useFolder()

  it('gives an error that names the path before anything is recorded', async function () {
    mkdirSync(at('disk'))
    if (!run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('disk'))) this.skip()
    try {
      writeFileSync(at('disk', 'x.yaml'), sampleFile('old'))
      assert.ok(run('mount', '-o', 'remount,ro', at('disk')))
      for (const name of ['x.yaml', 'new.yaml', 'folder/new.yaml']) {
        const [said = ''] = await startChild(['tryOpen', at('disk', name)]).lines
        assert.match(said, /^CASSETTE_PATH .*read-only \(EROFS\)/)
        assert.ok(said.includes(at('disk', name)), said)
      }
      assert.equal(loadCassette(at('disk', 'x.yaml'))?.entries.length, 1)
    } finally {
      run('umount', at('disk'))
    }
  })

  it('gives an error that names the path and keeps the journal and the old cassette if it becomes read-only while recording', function () {
    writeFileSync(at('x.yaml'), sampleFile('old'))
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('new'))
    // Nobody, not even root, can make or rename files in an immutable folder.
    if (!run('chattr', '+i', at())) this.skip()
    try {
      assert.throws(() => journal.commit([sampleFile('new')]), {
        code: 'CASSETTE_WRITE',
        path: at('x.yaml'),
        journal: at('x.yaml.recording'),
        message: /permission is denied \(EPERM\).*x\.yaml\.recording; the next recording run picks them up/,
      })
    } finally {
      run('chattr', '-i', at())
    }
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('old'))
    const next = openJournal(at('x.yaml'), recorder())
    assert.equal(next.recovered.length, 1)
    next.discard()
  })
})
