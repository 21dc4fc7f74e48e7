import assert from 'node:assert/strict'
import type { DriverOutcome, SeenResponse } from './outcome.ts'

/** Between one server and one client only; the replay has no socket. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding'])
/** Never written to a cassette: the name is replayed, the value is not. */
const REDACTED = new Set(['set-cookie', 'openai-organization', 'openai-project'])

/** The replayed outcome is the live one: status, headers, the body's bytes, the SDK's result or error. */
export function assertSameOutcome(live: DriverOutcome, replayed: DriverOutcome, what: string): void {
  assert.equal(replayed.responses.length, live.responses.length, `${what}: number of responses`)
  for (const [index, response] of live.responses.entries()) {
    assertSameResponse(response, replayed.responses[index]!, what)
  }
  assert.deepEqual(replayed.error, live.error, `${what}: error`)
  assert.deepEqual(replayed.result, live.result, `${what}: result`)
}

function assertSameResponse(live: SeenResponse, replayed: SeenResponse, what: string): void {
  assert.equal(replayed.status, live.status, `${what}: status`)
  assert.deepEqual(comparable(replayed), comparable(live), `${what}: headers`)
  // how much had arrived when a client stopped reading is a matter of timing
  if (live.cut === true) {
    const length = Math.min(live.body.length, replayed.body.length)
    assert.ok(length > 0 && replayed.body.subarray(0, length).equals(live.body.subarray(0, length)), what)
    return
  }
  assert.equal(replayed.body.toString('latin1'), live.body.toString('latin1'), `${what}: bytes`)
}

function comparable({ headers }: SeenResponse): Array<readonly [name: string, value: string]> {
  return headers
    .filter(([name]) => !HOP_BY_HOP.has(name))
    .map(([name, value]) => [name, REDACTED.has(name) ? '(redacted)' : value])
}
