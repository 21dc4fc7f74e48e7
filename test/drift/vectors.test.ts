import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { compareResponses, digest, type DriftResponse, type Verdict } from '../../src/drift.ts'
import { fromRoot, shared } from '../helpers/shared.ts'

interface Side {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body: unknown
  readonly api?: string
}

interface Vector {
  readonly id: string
  readonly note: string
  readonly api: string
  readonly a: Side
  readonly b: Side
  readonly expect: Verdict
}

const isBase64 = (body: unknown): body is { readonly $base64: string } =>
  typeof body === 'object' && body !== null && '$base64' in body

const responseOf = ({ api: _api, body, ...rest }: Side): DriftResponse => ({
  ...rest,
  body: isBase64(body) ? Buffer.from(body.$base64, 'base64') : (body as DriftResponse['body'] & string),
})

/** The same response as it came over the wire. */
function onTheWire(response: DriftResponse): DriftResponse {
  const { body } = response
  if (body === null || body === undefined || body instanceof Uint8Array) return response
  return { ...response, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

const path = shared('vectors/drift.json') ?? fromRoot('test/fixtures/drift/vectors.json')

describe('verdicts of drift', () => {
  for (const { id, note, api, a, b, expect } of JSON.parse(readFileSync(path, 'utf8')) as Vector[]) {
    it(`${id}: ${note}`, () => {
      const [before, after] = [responseOf(a), responseOf(b)]
      const options = { api: a.api ?? api, currentApi: b.api ?? api }
      const found = compareResponses(before, after, options)
      assert.equal(found.verdict, expect, JSON.stringify(found.changes))
      assert.equal(found.changes.length === 0, expect === 'identical')
      assert.deepEqual(compareResponses(onTheWire(before), onTheWire(after), options), found)
      for (const [side, of] of [
        [before, options.api],
        [after, options.currentApi],
      ] as const) {
        assert.equal(compareResponses(side, side, { api: of }).verdict, 'identical')
        assert.deepEqual(digest(side, { api: of }), digest(onTheWire(side), { api: of }))
      }
    })
  }
})
