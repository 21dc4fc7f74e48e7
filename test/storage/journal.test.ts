import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { Cassette, renderCassette } from '../../src/cassette/cassette.ts'
import { loadCassette } from '../../src/storage/file.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { sampleFile, sampleInteraction, sampleText } from '../cassette/samples.ts'
import { recorder, useFolder } from './helpers.ts'

describe('a recording run', () => {
  const at = useFolder()
  const open = (name = 'x.yaml') => openJournal(at(name), recorder())

  it('keeps a journal that is itself a cassette, and leaves only the cassette', () => {
    const journal = open()
    journal.append(sampleText('one'))
    journal.append(sampleText('two'))
    assert.deepEqual(readdirSync(at()), ['x.yaml.recording'])
    const written = Cassette.parse(readFileSync(at('x.yaml.recording')), 'journal')
    assert.deepEqual(
      written.entries.map((entry) => entry.read()),
      [sampleInteraction('one'), sampleInteraction('two')],
    )
    assert.equal(written.incomplete, true)
    journal.commit(renderCassette({ entries: [sampleText('one'), sampleText('two')], incomplete: false }))
    assert.deepEqual(readdirSync(at()), ['x.yaml'])
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('one', 'two'))
  })

  it('ends every item with a line end, also if it has none or has characters of several bytes', () => {
    const journal = open()
    const text = sampleText('näive 😀 ')
    journal.append(text.trimEnd())
    journal.append(text)
    journal.leave()
    const next = open()
    assert.deepEqual(
      next.recovered.map((entry) => entry.read()),
      [sampleInteraction('näive 😀 '), sampleInteraction('näive 😀 ')],
    )
    next.discard()
  })

  it('keeps the bytes of every entry that it does not change', () => {
    const before = `# mine\nmetadata: {a: 1}\n${sampleFile('one', 'two').replace('\n    match', '\n    # note\n    match')}`
    writeFileSync(at('x.yaml'), before)
    const cassette = loadCassette(at('x.yaml'))
    const journal = open()
    const text = sampleText('three')
    journal.append(text)
    const entries = [...(cassette?.entries ?? []).map((entry) => entry.text), text]
    journal.commit(renderCassette({ cassette, entries, incomplete: false }))
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), before + text)
  })

  it('follows a link and keeps the mode of the file', () => {
    mkdirSync(at('real'))
    writeFileSync(at('real', 'x.yaml'), sampleFile('old'))
    chmodSync(at('real', 'x.yaml'), 0o640)
    symlinkSync(at('real', 'x.yaml'), at('link.yaml'))
    const journal = open('link.yaml')
    assert.throws(() => openJournal(at('real', 'x.yaml'), recorder()), { code: 'CASSETTE_LOCKED' })
    journal.append(sampleText('new'))
    journal.commit([sampleFile('new')])
    assert.ok(lstatSync(at('link.yaml')).isSymbolicLink())
    assert.equal(readFileSync(at('real', 'x.yaml'), 'utf8'), sampleFile('new'))
    assert.equal(statSync(at('real', 'x.yaml')).mode & 0o777, 0o640)
    assert.deepEqual([readdirSync(at()), readdirSync(at('real'))], [['link.yaml', 'real'], ['x.yaml']])
  })

  it('makes the file that a link points to', () => {
    symlinkSync(at('deep', 'real.yaml'), at('link.yaml'))
    const journal = open('link.yaml')
    journal.append(sampleText('a'))
    journal.commit([sampleFile('a')])
    assert.equal(readFileSync(at('deep', 'real.yaml'), 'utf8'), sampleFile('a'))
  })

  it('makes folders, and removes them again if nothing was written into them', () => {
    const journal = open('a/b/c/x.yaml')
    assert.ok(existsSync(at('a', 'b', 'c')))
    journal.discard()
    assert.deepEqual(readdirSync(at()), [])
    const other = open('a/b/x.yaml')
    writeFileSync(at('a', 'mine'), '')
    other.append(sampleText('x'))
    other.discard()
    assert.deepEqual([readdirSync(at()), readdirSync(at('a'))], [['a'], ['mine']])
  })

  it('never removes a folder that it did not make', () => {
    mkdirSync(at('a'))
    open('a/x.yaml').discard()
    assert.deepEqual(readdirSync(at()), ['a'])
  })

  it('keeps what it recorded for the next run, even within one process', () => {
    const first = open()
    first.append(sampleText('one'))
    first.leave()
    const second = open()
    second.append(sampleText('two'))
    second.leave()
    const third = open()
    assert.deepEqual(
      third.recovered.map((entry) => entry.read().request),
      ['one', 'two'].map((one) => sampleInteraction(one).request),
    )
    third.commit(renderCassette({ entries: third.recovered.map((entry) => entry.text), incomplete: false }))
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('one', 'two'))
    assert.deepEqual(readdirSync(at()), ['x.yaml'])
  })

  it('leaves no file if it recorded nothing', () => {
    open('a/x.yaml').leave()
    assert.deepEqual(readdirSync(at()), [])
  })

  it('deletes what it recovered if it is discarded', () => {
    const first = open()
    first.append(sampleText('one'))
    first.leave()
    open().discard()
    assert.deepEqual(readdirSync(at()), [])
  })

  it('can end only once', () => {
    const journal = open()
    journal.discard()
    journal.discard()
    journal.leave()
    assert.throws(() => journal.append(sampleText('x')), { code: 'CASSETTE_WRITE' })
    assert.throws(() => journal.commit([]), { code: 'CASSETTE_WRITE' })
    assert.deepEqual(readdirSync(at()), [])
  })

  it('writes the cassette even if somebody removed the journal or the folder', () => {
    const journal = open('a/x.yaml')
    journal.append(sampleText('one'))
    rmSync(at('a'), { recursive: true })
    journal.commit([sampleFile('one')])
    assert.equal(readFileSync(at('a', 'x.yaml'), 'utf8'), sampleFile('one'))
    assert.deepEqual(readdirSync(at('a')), ['x.yaml'])
  })

  it('does not overwrite the cassette of a run that began after somebody removed the journal', () => {
    const first = open()
    first.append(sampleText('one'))
    rmSync(at('x.yaml.recording'))
    const second = open()
    second.append(sampleText('two'))
    assert.throws(() => first.commit([sampleFile('one')]), {
      code: 'CASSETTE_WRITE',
      message: /another run has begun/,
    })
    second.commit([sampleFile('two')])
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('two'))
    assert.deepEqual(readdirSync(at()), ['x.yaml'])
  })

  it('keeps the old cassette if the new content cannot be made', () => {
    writeFileSync(at('x.yaml'), sampleFile('old'))
    const journal = open()
    journal.append(sampleText('new'))
    const content = function* (): Generator<string> {
      yield 'version: 1\n'
      throw new RangeError('too much')
    }
    assert.throws(() => journal.commit(content()), {
      code: 'CASSETTE_WRITE',
      path: at('x.yaml'),
      journal: at('x.yaml.recording'),
    })
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('old'))
    assert.deepEqual(readdirSync(at()), ['x.yaml', 'x.yaml.recording'])
    const next = open()
    assert.equal(next.recovered.length, 1)
    next.discard()
  })
})

describe('the journal of an interrupted run', () => {
  const at = useFolder()
  const journalOf = (...prompts: string[]): Buffer => {
    const journal = openJournal(at('x.yaml'), recorder())
    for (const prompt of prompts) journal.append(sampleText(prompt))
    journal.leave()
    return readFileSync(at('x.yaml.recording'))
  }
  const recovered = (): unknown[] => {
    const journal = openJournal(at('x.yaml'), recorder({ pid: 1 }))
    const items = journal.recovered.map((entry) => entry.read())
    // The next record begins cleanly after any rest.
    journal.append(sampleText('next'))
    journal.leave()
    const again = openJournal(at('x.yaml'), recorder())
    assert.deepEqual(
      again.recovered.map((entry) => entry.read()),
      [...items, sampleInteraction('next')],
    )
    again.discard()
    return items
  }

  it('loses only its last record, wherever that was torn', () => {
    const whole = journalOf('one', 'two words', 'three')
    const items = ['one', 'two words', 'three'].map(sampleInteraction)
    const ends = [...whole.toString('latin1').matchAll(/ {2}# finished, \d+ bytes\n/g)].map(
      (mark) => mark.index + mark[0].length,
    )
    assert.equal(ends.length, 3)
    for (let length = 0; length <= whole.length; length += length < whole.length - 100 ? 37 : 1) {
      rmSync(at('x.yaml.recording'), { force: true })
      writeFileSync(at('x.yaml.recording'), whole.subarray(0, length))
      // For two seconds, a file without its first line belongs to an owner who is about to write it.
      if (length >= 400)
        assert.deepEqual(recovered(), items.slice(0, ends.filter((end) => end <= length).length), `${length}`)
    }
  })

  it('loses a record that was overwritten or does not parse, and keeps the others', () => {
    const whole = journalOf('one', 'two', 'three')
    const text = whole.toString('latin1')
    const broken: readonly (readonly [string, string])[] = [
      ['content: two', 'content: [wo'],
      ['status: 200', 'status: abc'],
      ['  - id', 'xx- id'],
    ]
    for (const [from, to] of broken) {
      const place = text.indexOf(from, text.indexOf(sampleText('two')))
      writeFileSync(
        at('x.yaml.recording'),
        text.slice(0, place) + to + text.slice(place + from.length),
        'latin1',
      )
      assert.deepEqual(recovered(), [sampleInteraction('one'), sampleInteraction('three')])
    }
  })

  it('does not let its marks name the same bytes again and again', () => {
    const whole = journalOf('one').toString('latin1')
    const items = whole.slice(400)
    const start = items.indexOf('  - ')
    let text = items
    // Each mark says that its item is everything since the first one.
    for (let marks = 0; marks < 20_000; marks++) text += `  # finished, ${text.length - start} bytes\n`
    writeFileSync(at('x.yaml.recording'), whole.slice(0, 400) + text, 'latin1')
    const began = performance.now()
    const journal = openJournal(at('x.yaml'), recorder({ pid: 1 }))
    assert.deepEqual(
      journal.recovered.map((entry) => entry.read()),
      [sampleInteraction('one')],
    )
    assert.ok(performance.now() - began < 2000)
    journal.discard()
  })

  it('is ignored if its cassette has already been written', () => {
    journalOf('one')
    const journal = openJournal(at('x.yaml'), recorder())
    assert.equal(journal.recovered.length, 1)
    // A hard link keeps the journal's content at its removal. A kill just before would leave the same content.
    linkSync(at('x.yaml.recording'), at('second'))
    journal.commit([sampleFile('one')])
    renameSync(at('second'), at('x.yaml.recording'))
    const next = openJournal(at('x.yaml'), recorder())
    assert.deepEqual(next.recovered, [])
    next.append(sampleText('two'))
    // The cassette is a different file now, so the journal's items are not in it.
    linkSync(at('x.yaml.recording'), at('second'))
    next.commit([sampleFile('one', 'two')])
    renameSync(at('second'), at('x.yaml.recording'))
    writeFileSync(at('x.yaml'), sampleFile('one'))
    const other = openJournal(at('x.yaml'), recorder())
    assert.deepEqual(
      other.recovered.map((entry) => entry.read()),
      [sampleInteraction('two')],
    )
    other.discard()
  })
})
