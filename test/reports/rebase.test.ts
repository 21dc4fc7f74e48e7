import assert from 'node:assert/strict'

import { renderRebase } from '../../src/reports/rebase.ts'

const REPORT = {
  path: 'tape.yaml',
  rebased: [
    { from: 'aa', to: 'bb', paths: ['messages[0].content'] },
    { from: 'cc', to: 'dd', paths: [] },
  ],
  skipped: [{ method: 'GET', url: 'http://x/', reason: 'nothing is near' }],
}

describe('the report of a rebase', () => {
  it('says what was changed and what was left, without escape codes', () => {
    assert.equal(
      renderRebase(REPORT),
      'tape.yaml: 2 rebased, 1 left\n' +
        '  aa is now bb\n    messages[0].content\n' +
        '  cc is now dd\n    nothing that is compared\n' +
        '  left: GET http://x/: nothing is near\n',
    )
  })

  it('uses the colours that it is given', () => {
    const mark = (sign: string) => (text: string) => `${sign}${text}${sign}`
    const text = renderRebase(REPORT, { bold: mark('*'), dim: mark('.'), red: mark('-'), green: mark('+') })
    assert.match(text, /^\*tape\.yaml\*: 2 rebased/)
    assert.match(text, /-aa- is now \+bb\+/)
    assert.match(text, /\.left:\. GET/)
  })
})
