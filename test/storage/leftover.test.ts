import assert from 'node:assert/strict'
import { linkSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

import { openJournal } from '../../src/storage/journal.ts'
import { leftoverOf } from '../../src/storage/leftover.ts'
import { sampleFile, sampleInteraction, sampleText } from '../cassette/samples.ts'
import { recorder, useFolder } from './helpers.ts'

describe('the leftover of an interrupted run', () => {
  const at = useFolder()
  const left = (): unknown[] => leftoverOf(at('x.yaml'), recorder()).map((entry) => entry.read())

  it('is read and not removed, but not while its run still records', () => {
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('one'))
    assert.deepEqual(left(), [])
    journal.leave()
    const before = readFileSync(at('x.yaml.recording'))
    assert.deepEqual(left(), [sampleInteraction('one')])
    assert.deepEqual(readFileSync(at('x.yaml.recording')), before)
  })

  it('is empty if there is no journal, or if the journal names no owner', () => {
    assert.deepEqual(left(), [])
    writeFileSync(at('x.yaml.recording'), 'what is this')
    assert.deepEqual(left(), [])
  })

  it('is empty if the cassette already has it', () => {
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('one'))
    // A hard link keeps the journal's content at its removal. A kill just before would leave the same content.
    linkSync(at('x.yaml.recording'), at('second'))
    journal.commit([sampleFile('one')])
    renameSync(at('second'), at('x.yaml.recording'))
    assert.deepEqual(left(), [])
    // The cassette is a different file now, so the journal's items are not in it.
    writeFileSync(at('x.yaml'), sampleFile('two', 'three'))
    assert.deepEqual(left(), [sampleInteraction('one')])
  })
})
