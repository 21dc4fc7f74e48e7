import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

describe("cassette's own connector", () => {
  it("is the one that undici's main module exports", () => {
    const require = createRequire(import.meta.url)
    const { buildConnector } = require('undici') as { buildConnector: unknown }
    assert.equal(require('undici/lib/core/connect.js'), buildConnector)
  })
})
