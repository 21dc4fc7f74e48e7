import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { differences, fingerprint, nearest, canonicalize } from '../../src/matching.ts'
import type { JsonValue, MatchOptions, MatchRequest } from '../../src/matching.ts'
import { isObject } from '../../src/providers/json/json.ts'
import { fromRoot, shared } from '../helpers/shared.ts'

interface VectorRequest extends Omit<MatchRequest, 'body'> {
  readonly body: JsonValue
}

interface MatchVector {
  readonly id: string
  readonly note: string
  readonly a: VectorRequest
  readonly b: VectorRequest
  readonly expect: 'same' | 'different'
  readonly expectSemantic: 'same' | 'different'
  readonly options?: MatchOptions
}

interface MissVector {
  readonly id: string
  readonly note: string
  readonly recorded: VectorRequest
  readonly incoming: VectorRequest
  readonly expectPaths: readonly string[]
  readonly options?: MatchOptions
}

/** Reads `{$base64}` as bytes. */
function requestOf({ body, ...rest }: VectorRequest): MatchRequest {
  const encoded = isObject(body) ? body['$base64'] : undefined
  return { ...rest, body: typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : body }
}

/** The vectors of these files. An entry of a later file replaces the one with its id in an earlier file. */
function vectors<Vector extends { readonly id: string }>(...names: readonly string[]): Vector[] {
  const lists = names.map((name) => shared(`vectors/${name}`)).filter((path) => path !== undefined)
  const all = lists.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')) as Vector[])
  return [...new Map(all.map((vector) => [vector.id, vector])).values()]
}

/** Vectors that the repository has itself. */
const fixtures = <Vector>(name: string): Vector[] =>
  JSON.parse(readFileSync(fromRoot(`test/fixtures/matching/${name}`), 'utf8')) as Vector[]

const word = (same: boolean) => (same ? 'same' : 'different')

function checkMatches(list: readonly MatchVector[]): void {
  for (const { id, note, a, b, expect, expectSemantic, options } of list) {
    it(`${id}: ${note}`, () => {
      const [left, right] = [requestOf(a), requestOf(b)]
      const [one, two] = [fingerprint(left, options), fingerprint(right, options)]
      const found = differences(left, right, options)
      assert.equal(word(one.matchKey === two.matchKey), expect, JSON.stringify(found))
      assert.equal(word(one.semanticKey === two.semanticKey), expectSemantic, JSON.stringify(found))
      assert.equal(word(found.length === 0), expect, 'differences agree with the key')
    })
  }
}

function checkMisses(list: readonly MissVector[]): void {
  for (const { id, note, recorded, incoming, expectPaths, options } of list) {
    it(`${id}: ${note}`, () => {
      const found = differences(requestOf(recorded), requestOf(incoming), options)
      assert.deepEqual(
        found.map(({ path }) => path),
        expectPaths,
      )
      const candidates = [canonicalize(requestOf(recorded), options)]
      assert.deepEqual(
        nearest(canonicalize(requestOf(incoming), options), candidates, options)?.differences,
        found,
      )
    })
  }
}

describe('vectors: match', () => checkMatches(fixtures('match.json')))

describe('vectors: miss diff', () => checkMisses(fixtures('miss-diff.json')))

describe('shared vectors: match', () => {
  before('needs ../shared/vectors/match.json', function () {
    if (shared('vectors/match.json') === undefined) this.skip()
  })
  checkMatches(vectors('match.json', 'match-2.json'))
})

describe('shared vectors: miss diff', () => {
  before('needs ../shared/vectors/miss-diff.json', function () {
    if (shared('vectors/miss-diff.json') === undefined) this.skip()
  })
  checkMisses(vectors('miss-diff.json', 'miss-diff-2.json'))
})
