import assert from 'node:assert/strict'

import type { CassetteEntry } from '../../../src/cassette/cassette.ts'
import type { Interaction } from '../../../src/cassette/interaction.ts'
import type { StoredSince } from '../../../src/cassette/since.ts'
import { orderMarks, withMarks } from '../../../src/session/recording/order-marks.ts'

const interaction = (id: string, since?: StoredSince, text = ''): Interaction =>
  withMarks(
    {
      id,
      recorded_at: '2026-01-01T00:00:00.000Z',
      request: { method: 'GET', url: 'http://a/', headers: {} },
      response: { status: 200, headers: {}, body: { text } },
    },
    since,
  )

/** Interactions `a`, `b` ... whose requests started as the sequence numbers say. */
const recorded = (sequences: readonly number[], marks: Readonly<Record<number, StoredSince>>) =>
  sequences.map((sequence, at) => {
    const id = String.fromCodePoint(97 + at)
    const since = marks[sequence]
    return { id, sequence, matchKey: id, text: '', interaction: interaction(id, since) }
  })

const sinceOf = (all: readonly (Interaction | undefined)[]): unknown[] =>
  all.map((one) => one?.response?.since)

const entry = (one: Interaction): CassetteEntry => ({
  id: one.id,
  match: undefined,
  method: 'GET',
  url: 'http://a/',
  recordedAt: one.recorded_at,
  text: 'since:',
  read: () => one,
})

describe('marks of what is recorded', () => {
  it('name ids in place of sequence numbers', () => {
    const all = recorded([3, 5, 8], {
      3: [
        ['head', '5'],
        [7, '8'],
      ],
    })
    assert.deepEqual(sinceOf(orderMarks(all, [])), [
      [
        ['head', 'b'],
        [7, 'c'],
      ],
      undefined,
      undefined,
    ])
  })

  it('leave out what was not recorded', () => {
    const all = recorded([3, 5], {
      3: [
        ['head', '4'],
        [7, '4..9'],
        [9, '6..8'],
      ],
    })
    assert.deepEqual(sinceOf(orderMarks(all, [])), [[[7, 'b']], undefined])
  })

  it('join ranges, over the interaction itself too', () => {
    const all = recorded([0, 1, 2, 3, 4], { 2: [[0, '0..1', '3', '4']] })
    assert.deepEqual(sinceOf(orderMarks(all, []))[2], [[0, 'a..e']])
    const apart = recorded([0, 1, 2, 3, 4], { 4: [[0, '0', '2..3']] })
    assert.deepEqual(sinceOf(orderMarks(apart, []))[4], [[0, 'a', 'c..d']])
  })

  it('stay as they were if an interaction says the same as before', () => {
    const all = recorded([0, 1], { 0: [[5, '1']] })
    const former = [entry(interaction('a', [['head', 'b']]))]
    assert.deepEqual(sinceOf(orderMarks(all, former))[0], [['head', 'b']])
    const other = [entry(interaction('a', [['head', 'b']], 'another'))]
    assert.deepEqual(sinceOf(orderMarks(all, other))[0], [[5, 'b']])
  })

  it('are new if the former ones name what is gone', () => {
    const all = recorded([0, 1], { 0: [[5, '1']] })
    assert.deepEqual(sinceOf(orderMarks(all, [entry(interaction('a', [['head', 'z']]))]))[0], [[5, 'b']])
  })
})
