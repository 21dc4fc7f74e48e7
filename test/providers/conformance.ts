import assert from 'node:assert/strict'
import { canonicalize, differences, fingerprint } from '../../src/matching.ts'
import type { JsonValue, MatchRequest, Operation } from '../../src/matching.ts'
import { canonicalJson } from '../../src/providers/json/canonical-json.ts'
import { isObject } from '../../src/providers/json/json.ts'

export interface Specimen {
  readonly api: string
  readonly op: Operation
  readonly request: MatchRequest & { readonly body: JsonValue }
  /** Another spelling of the same request, with the same meaning. */
  readonly alike: readonly MatchRequest[]
  /** A request with another prompt, and the canonical path at which the two differ. */
  readonly other: MatchRequest
  readonly path: string
  /** The same prompt for another model, if the API has models. */
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

/** The rules that every provider keeps, built-in or registered. */
export function providerConformance(specimen: Specimen): void {
  const { api, op, request, alike, other, path, otherModel, hosted = false } = specimen
  const keys = (of: MatchRequest) => fingerprint(of)

  describe(`provider conformance: ${api} ${op}`, () => {
    it('is detected from the request alone', () => {
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

    it('reads text, bytes and a JSON value the same, in any order of keys', () => {
      const text = JSON.stringify(reversed(request.body), null, 3)
      for (const body of [text, Buffer.from(text)])
        assert.deepEqual(keys({ ...request, body }), keys(request))
    })

    it('does not change its input', () => {
      const before = JSON.stringify(request)
      canonicalize(request)
      assert.equal(JSON.stringify(request), before)
    })

    it('ignores the headers of a client', () => {
      const headers = { authorization: 'Bearer x', 'user-agent': 'x/1', 'x-request-id': '1' }
      assert.deepEqual(keys({ ...request, headers }), keys(request))
    })

    it(`${hosted ? 'compares' : 'ignores'} the host`, () => {
      const elsewhere = {
        ...request,
        url: request.url.replace(/^https?:\/\/[^/]+/, 'https://gateway.example:8443'),
      }
      assert.equal(keys(elsewhere).matchKey === keys(request).matchKey, !hosted)
    })

    for (const [at, equal] of alike.entries()) {
      it(`gives one key to requests of the same meaning (${at + 1})`, () => {
        assert.deepEqual(differences(request, equal), [])
        assert.deepEqual(keys(equal), keys(request))
      })
    }

    it(`gives another key to another prompt, and names ${path}`, () => {
      assert.notEqual(keys(other).matchKey, keys(request).matchKey)
      assert.notEqual(keys(other).semanticKey, keys(request).semanticKey)
      assert.deepEqual(
        differences(request, other).map((difference) => difference.path),
        [path],
      )
    })

    it('accepts its own list of names as matchOn', () => {
      for (const matchOn of [undefined, ['model'], ['model', 'host']]) {
        const options = matchOn === undefined ? {} : { matchOn }
        const first = fingerprint(request, options)
        assert.deepEqual(fingerprint(request, { matchOn: first.on }), first)
      }
    })

    if (otherModel !== undefined) {
      it('gives another model the same semantic key', () => {
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
