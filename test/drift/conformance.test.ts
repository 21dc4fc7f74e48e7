import assert from 'node:assert/strict'

import { compareResponses, digest, type DriftResponse } from '../../src/drift.ts'
import { answersOf, APIS, type Said } from '../helpers/drift-answers.ts'

const CALL: Said = { text: '', calls: [{ name: 'get_weather', arguments: { city: 'Paris', days: [1, 2] } }] }
const TEXT: Said = { text: 'It is 30 °C in Paris.', calls: [] }

/** What every family of chat APIs has to read in the same way. */
for (const api of APIS) {
  describe(`the responses of ${api}`, () => {
    const whole = (said: Said, more: Partial<Said> = {}): DriftResponse =>
      answersOf(api).whole({ ...said, ...more })
    const stream = (said: Said, more: Partial<Said> = {}): DriftResponse =>
      answersOf(api).stream({ ...said, ...more })
    const verdict = (a: DriftResponse, b: DriftResponse): string => compareResponses(a, b, { api }).verdict

    it('have one digest for the whole answer and for its stream', () => {
      for (const said of answersOf(api).hasCalls ? [TEXT, CALL] : [TEXT]) {
        const expected = {
          text: said.text,
          tool_calls: said.calls,
          finish: said.calls.length > 0 ? 'tool_calls' : 'stop',
          refusal: null,
          truncated: false,
          reasoning: '',
          media: [],
        }
        for (const response of [whole(said), stream(said)]) {
          const { ok, choices } = digest(response, { api })
          assert.deepEqual({ ok, choices }, { ok: true, choices: [expected] })
        }
      }
    })

    it('are told as truncated if the stream ends before the answer', () => {
      const cut = stream(TEXT, { cut: true })
      assert.equal(digest(cut, { api }).choices[0]?.truncated, true)
      assert.equal(verdict(whole(TEXT), cut), 'regression')
      assert.equal(verdict(cut, whole(TEXT)), 'benign')
    })

    it('are the same whether they come as text or as bytes', () => {
      for (const response of [whole(TEXT), stream(TEXT)]) {
        const { body } = response
        if (typeof body !== 'string') continue
        assert.deepEqual(digest({ ...response, body: Buffer.from(body) }, { api }), digest(response, { api }))
      }
    })

    it('differ harmlessly in their wording, and badly where they were cut at the limit', () => {
      assert.equal(verdict(whole(TEXT), whole(TEXT, { text: 'Paris has 30 °C.' })), 'benign')
      assert.equal(verdict(whole(TEXT), whole(TEXT, { limit: true })), 'regression')
      assert.equal(verdict(whole(TEXT, { limit: true }), whole(TEXT)), 'benign')
    })

    const itCalls = answersOf(api).hasCalls ? it : (): void => {}
    itCalls('differ badly in the name and in the arguments of a call', () => {
      const other = (name: string, city: string): Said => ({
        text: '',
        calls: [{ name, arguments: { city, days: [1, 2] } }],
      })
      assert.equal(verdict(whole(CALL), stream(other('get_weather', 'Paris'))), 'identical')
      assert.equal(verdict(whole(CALL), whole(other('get_time', 'Paris'))), 'regression')
      assert.equal(verdict(stream(CALL), whole(other('get_weather', 'Rome'))), 'regression')
      assert.equal(verdict(whole(CALL), whole(TEXT)), 'regression')
    })

    it('never make it throw, whatever the body', () => {
      const bodies = [
        '',
        '{',
        '[]',
        'null',
        '1',
        '"x"',
        '<html>',
        'data: {"a"',
        'data: [1]\n\n',
        '{}\n{}\n',
        '[{}, 1]',
      ]
      const odd = [
        { choices: 1 },
        { choices: [null, 1] },
        { output: [null] },
        { content: [null, 1] },
        [[1]],
        [null],
      ]
      for (const status of [200, 404])
        for (const body of [...bodies, ...odd, Buffer.from([0, 255, 1]), null]) {
          const response = { status, body } as DriftResponse
          assert.equal(verdict(response, response), 'identical')
        }
    })
  })
}
