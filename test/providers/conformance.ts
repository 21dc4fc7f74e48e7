import assert from 'node:assert/strict'
import { canonicalize, differences, fingerprint } from '../../src/matching.ts'
import type { JsonValue, MatchRequest, Operation } from '../../src/matching.ts'
import { canonicalJson } from '../../src/providers/json/canonical-json.ts'
import { isObject } from '../../src/providers/json/json.ts'

export interface Specimen {
  readonly api: string
  readonly op: Operation
  readonly request: MatchRequest & { readonly body: JsonValue }
  /** The same request, meant the same, written in another way. */
  readonly alike: readonly MatchRequest[]
  /** Another prompt, and the canonical path at which it differs. */
  readonly other: MatchRequest
  readonly path: string
  /** The same prompt for another model, where the API has one. */
  readonly otherModel?: MatchRequest
  /** Whether the host is part of the keys. */
  readonly hosted?: boolean
}

const reversed = (value: JsonValue | undefined): JsonValue => {
  if (Array.isArray(value)) return (value as JsonValue[]).map(reversed)
  if (!isObject(value)) return value ?? null
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  )
}

/** What every provider keeps, built-in or registered. */
export function providerConformance(specimen: Specimen): void {
  const { api, op, request, alike, other, path, otherModel, hosted = false } = specimen
  const keys = (of: MatchRequest) => fingerprint(of)

  describe(`provider conformance: ${api} ${op}`, () => {
    it('is told by the request alone', () => {
      const canonical = canonicalize(request)
      assert.deepEqual([canonical.api, canonical.op], [api, op])
      assert.equal('host' in canonical, hosted)
    })

    it('gives a canonical request that is JSON without absent fields', () => {
      const canonical = canonicalize(request)
      const text = canonicalJson(canonical)
      assert.equal(canonicalJson(JSON.parse(text)), text)
      for (const [name, value] of Object.entries(canonical)) {
        assert.notEqual(value, null, name)
        assert.notEqual(value, undefined, name)
        assert.ok(!Array.isArray(value) || value.length > 0, name)
      }
    })

    it('reads text, bytes and a JSON value alike, in any order of keys', () => {
      const text = JSON.stringify(reversed(request.body), null, 3)
      for (const body of [text, Buffer.from(text)])
        assert.deepEqual(keys({ ...request, body }), keys(request))
    })

    it('leaves its input as it is', () => {
      const before = JSON.stringify(request)
      canonicalize(request)
      assert.equal(JSON.stringify(request), before)
    })

    it('does not look at the headers of a client', () => {
      const headers = { authorization: 'Bearer x', 'user-agent': 'x/1', 'x-request-id': '1' }
      assert.deepEqual(keys({ ...request, headers }), keys(request))
    })

    it(`${hosted ? 'looks' : 'does not look'} at the host`, () => {
      const elsewhere = {
        ...request,
        url: request.url.replace(/^https?:\/\/[^/]+/, 'https://gateway.example:8443'),
      }
      assert.equal(keys(elsewhere).matchKey === keys(request).matchKey, !hosted)
    })

    for (const [at, equal] of alike.entries()) {
      it(`has one key for what means the same (${at + 1})`, () => {
        assert.deepEqual(differences(request, equal), [])
        assert.deepEqual(keys(equal), keys(request))
      })
    }

    it(`has another key for another prompt, and names ${path}`, () => {
      assert.notEqual(keys(other).matchKey, keys(request).matchKey)
      assert.notEqual(keys(other).semanticKey, keys(request).semanticKey)
      assert.deepEqual(
        differences(request, other).map((difference) => difference.path),
        [path],
      )
    })

    it('takes its own list of names back', () => {
      for (const matchOn of [undefined, ['model'], ['model', 'host']]) {
        const options = matchOn === undefined ? {} : { matchOn }
        const first = fingerprint(request, options)
        assert.deepEqual(fingerprint(request, { matchOn: first.on }), first)
      }
    })

    if (otherModel !== undefined) {
      it('has the same semantic key for another model', () => {
        assert.notEqual(keys(otherModel).matchKey, keys(request).matchKey)
        assert.equal(keys(otherModel).semanticKey, keys(request).semanticKey)
        assert.deepEqual(
          differences(request, otherModel).map((difference) => difference.path),
          ['model'],
        )
      })
    }
  })
}
