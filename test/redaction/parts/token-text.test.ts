import assert from 'node:assert/strict'

import { redactAnswer } from '../helpers.ts'

describe('the token of the metadata of an AWS instance', () => {
  it('is redacted, because it is the whole answer', () => {
    const url = 'http://169.254.169.254/latest/api/token'
    assert.equal(redactAnswer('AQAEAHh1cHBlcm5hbWVvbmx5', { type: 'text/plain', url }), 'REDACTED')
    assert.equal(redactAnswer('AQAEAHh1cHBlcm5hbWVvbmx5', { type: 'text/plain' }), 'AQAEAHh1cHBlcm5hbWVvbmx5')
  })
})
