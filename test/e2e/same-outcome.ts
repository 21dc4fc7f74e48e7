import assert from 'node:assert/strict'
import { isLater } from '../helpers/later.ts'
import type { DriverOutcome, SeenResponse } from './outcome.ts'

/** Headers that concern only one connection. The replay has no connection. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding'])
/** Headers whose name is replayed, but whose value never reaches a cassette. */
const SECRET_HEADERS = new Set([
  'azureml-model-session',
  'openai-organization',
  'openai-project',
  'set-cookie',
])
/** Secrets that providers issue or echo in their answers: OAuth tokens, a connector's login, ephemeral client keys. */
const SECRETS_IN_BODIES = /(?<="(?:access_token|id_token|authorization)":")[^"]+|\bek_\w+/g

/**
 * Asserts that the replayed outcome equals the live one, except for secrets: status, headers, the bytes of the body, and
 * the SDK's result or error.
 */
export function assertSameOutcome(live: DriverOutcome, replayed: DriverOutcome, what: string): void {
  assert.equal(replayed.responses.length, live.responses.length, `${what}: number of responses`)
  for (const [index, response] of live.responses.entries()) {
    assertSameResponse(response, replayed.responses[index]!, what)
  }
  assert.deepEqual(replayed.error, live.error, `${what}: error`)
  assert.deepEqual(
    withoutTimes(replayed.result && (JSON.parse(withoutNumbers(JSON.stringify(replayed.result))) as unknown)),
    withoutTimes(withoutSecretsInData(live.result)),
    `${what}: result`,
  )
}

function assertSameResponse(live: SeenResponse, replayed: SeenResponse, what: string): void {
  const [liveText, replayedText] = [
    live.body.toString('latin1'),
    withoutNumbers(replayed.body.toString('latin1')),
  ]
  const expected = withoutSecrets(liveText)
  assert.equal(replayed.status, live.status, `${what}: status`)
  const sameLength = expected.length === liveText.length
  assert.deepEqual(comparable(replayed, sameLength), comparable(live, sameLength), `${what}: headers`)
  if (live.cut === true) {
    // The timing decides how much had arrived when a client stopped reading.
    const length = Math.min(liveText.length, replayedText.length)
    assert.ok(length > 0, `${what}: nothing arrived`)
    assert.equal(replayedText.slice(0, length), liveText.slice(0, length), `${what}: bytes`)
    return
  }
  assert.equal(replayedText, expected, `${what}: bytes`)
}

function comparable(
  { headers }: SeenResponse,
  sameLength: boolean,
): Array<readonly [name: string, value: string]> {
  return headers
    .filter(([name]) => !HOP_BY_HOP.has(name) && (sameLength || name !== 'content-length'))
    .filter(([name]) => !isLater || name !== 'retry-after-ms')
    .map(([name, value]) => [name, isMasked(name) ? 'REDACTED' : value])
}

/** With the clock ahead, times are those of the clock. */
const isMasked = (name: string): boolean =>
  SECRET_HEADERS.has(name) || (isLater && /^(?:date|expires|retry-after)$|-reset\b/.test(name))

/** Some SDKs give the headers of the response with their result. */
const withoutTimes = (data: unknown): unknown =>
  isLater && data !== undefined
    ? (JSON.parse(JSON.stringify(data).replaceAll(/(?<="date":")[^"]+/g, 'REDACTED')) as unknown)
    : data

/** What a server gave has a stand-in with a number. */
const withoutNumbers = (text: string): string => text.replaceAll(/\bREDACTED(?:-\d+)+\b/g, 'REDACTED')

function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS_IN_BODIES, 'REDACTED')
}

function withoutSecretsInData(data: unknown): unknown {
  return data === undefined ? undefined : (JSON.parse(withoutSecrets(JSON.stringify(data))) as unknown)
}
