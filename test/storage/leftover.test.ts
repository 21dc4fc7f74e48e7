import assert from 'node:assert/strict'
import { linkSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

import { openJournal } from '../../src/storage/journal.ts'
import { leftoverOf } from '../../src/storage/leftover.ts'
import { sampleFile, sampleInteraction, sampleText } from '../cassette/samples.ts'
import { recorder, useFolder } from './helpers.ts'

describe('what a run that did not end well has left', () => {
  const at = useFolder()
  const left = (): unknown[] => leftoverOf(at('x.yaml'), recorder()).map((entry) => entry.read())

  it('is read and stays; of a run that is still at work, nothing is', () => {
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('one'))
    assert.deepEqual(left(), [])
    journal.leave()
    const before = readFileSync(at('x.yaml.recording'))
    assert.deepEqual(left(), [sampleInteraction('one')])
    assert.deepEqual(readFileSync(at('x.yaml.recording')), before)
  })

  it('is nothing where there is no journal, or none that says whose it is', () => {
    assert.deepEqual(left(), [])
    writeFileSync(at('x.yaml.recording'), 'what is this')
    assert.deepEqual(left(), [])
  })

  it('is nothing where the cassette has it already', () => {
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('one'))
    // A second name shows what the journal held when it was removed, which is what a kill just before leaves.
    linkSync(at('x.yaml.recording'), at('second'))
    journal.commit([sampleFile('one')])
    renameSync(at('second'), at('x.yaml.recording'))
    assert.deepEqual(left(), [])
    // Another cassette by now: what the journal holds is not in it.
    writeFileSync(at('x.yaml'), sampleFile('two', 'three'))
    assert.deepEqual(left(), [sampleInteraction('one')])
  })
})
