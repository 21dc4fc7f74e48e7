import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { canonicalize, differences, fingerprint } from '../../src/matching.ts'
import type { CanonicalRequest, JsonValue, MatchRequest } from '../../src/matching.ts'
import { isObject, parseJson } from '../../src/providers/json/json.ts'
import { shared } from '../helpers/shared.ts'
import { runs } from '../helpers/runs.ts'
import { type CorpusRequest, corpusRequests } from './corpus-requests.ts'
import { type Leaf, leavesOf, type Path, pathText, reordered, withLeaf } from './leaves.ts'
import { counts, RESHAPES } from './what-counts.ts'

interface JsonRequest {
  readonly request: CorpusRequest
  readonly body: JsonValue
  readonly canonical: CanonicalRequest
}

const requests = corpusRequests()
const jsonRequests: readonly JsonRequest[] = requests.flatMap((request) => {
  const body = request.body === null ? undefined : parseJson(request.body.toString())?.value
  return isObject(body) ? [{ request, body, canonical: canonicalize(request) }] : []
})
const isPlain = ({ canonical: { op } }: JsonRequest): boolean => op === 'generic'

/** Set CORPUS_SEED=<number> to use the same seed again. */
const seed = Number(process.env['CORPUS_SEED'] ?? Date.now() % 0x7fffffff)

const send = ({ request }: JsonRequest, body: JsonValue): MatchRequest => ({
  ...request,
  body: JSON.stringify(body),
})
const keysOf = (request: MatchRequest) => {
  const { matchKey, semanticKey } = fingerprint(request)
  return { matchKey, semanticKey }
}

/** Calls and their results share ids. The test replaces every one by another id. */
const ID_FIELDS = new Set(['tool_call_id', 'tool_use_id', 'call_id', 'toolUseId'])
const CALL_TYPES = new Set(['function', 'tool_use', 'server_tool_use', 'mcp_tool_use'])
function freshIds(value: JsonValue | undefined, inCall = false): JsonValue {
  if (Array.isArray(value)) return (value as JsonValue[]).map((item) => freshIds(item))
  if (!isObject(value)) return value ?? null
  const call = inCall || (typeof value['type'] === 'string' && CALL_TYPES.has(value['type']))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isId = typeof item === 'string' && (ID_FIELDS.has(key) || (key === 'id' && call))
      if (isId) return [key, `fresh_${Buffer.from(item).toString('hex').slice(-24)}`]
      return [key, freshIds(item, key === 'functionCall' || key === 'functionResponse')]
    }),
  )
}

/** The lists of tools, wherever an API keeps them. */
function toolsReversed(body: JsonValue): JsonValue {
  if (!isObject(body)) return body
  const out = { ...body }
  const { tools, toolConfig } = body
  if (Array.isArray(tools)) {
    out['tools'] = (tools as JsonValue[]).toReversed().map((tool) => {
      const declared = isObject(tool) ? tool['functionDeclarations'] : undefined
      return isObject(tool) && Array.isArray(declared)
        ? { ...tool, functionDeclarations: (declared as JsonValue[]).toReversed() }
        : tool
    })
  }
  if (isObject(toolConfig) && Array.isArray(toolConfig['tools'])) {
    out['toolConfig'] = { ...toolConfig, tools: (toolConfig['tools'] as JsonValue[]).toReversed() }
  }
  return out
}

const elsewhere = (url: string): string => url.replace(/^https?:\/\/[^/]+/, 'https://gateway.example:8443')

describe('corpus: requests of the same meaning have one key', () => {
  before('needs ../shared/corpus/http', function () {
    if (shared('corpus/http') === undefined) this.skip()
  })

  it('contains all requests', () => {
    assert.equal(requests.length, 211)
    assert.ok(jsonRequests.length > 180, String(jsonRequests.length))
  })

  it('gives different keys to requests that differ in more than volatile fields', () => {
    const bodies = new Map<string, Set<string>>()
    for (const request of requests) {
      const { matchKey } = fingerprint(request)
      const known = bodies.get(matchKey) ?? new Set<string>()
      bodies.set(matchKey, known.add(request.body?.toString('base64') ?? ''))
    }
    assert.deepEqual(
      [...bodies.values()].filter((known) => known.size > 1),
      [],
    )
  })

  const changes: readonly (readonly [
    string,
    (from: JsonRequest, salt: number) => MatchRequest,
    (from: JsonRequest) => boolean,
  ])[] = [
    [
      'other order of keys',
      (from, salt) =>
        send(
          from,
          reordered(from.body, (key) => (key.length * 31 + key.charCodeAt(0) * 17 + salt) % 97),
        ),
      () => true,
    ],
    [
      'other white space',
      (from, salt) => ({ ...from.request, body: JSON.stringify(from.body, null, 1 + (salt % 4)) }),
      () => true,
    ],
    ['other order of tools', (from) => send(from, toolsReversed(from.body)), (from) => !isPlain(from)],
    ['fresh ids of calls', (from) => send(from, freshIds(from.body)), (from) => !isPlain(from)],
    [
      'other headers of the client',
      (from, salt) => ({
        ...from.request,
        // An event stream is asked for on purpose, so it counts.
        headers: {
          ...acceptOf(from),
          'user-agent': `x/${salt}`,
          authorization: 'Bearer y',
          'x-stainless-retry-count': '1',
        },
      }),
      () => true,
    ],
    [
      'another host',
      (from) => ({ ...from.request, url: elsewhere(from.request.url) }),
      (from) => !isPlain(from) && !from.request.url.includes('huggingface.co/models'),
    ],
  ]
  for (const [title, change, applies] of changes) {
    it(title, () => {
      for (const [salt, from] of jsonRequests.filter(applies).entries()) {
        const changed = change(from, salt)
        assert.deepEqual(differences(from.request, changed), [], from.request.url)
        assert.deepEqual(keysOf(changed), keysOf(from.request), from.request.url)
      }
    })
  }

  it('ignores all of these changes at once', () => {
    for (const from of jsonRequests.filter((candidate) => !isPlain(candidate))) {
      const body = reordered(freshIds(toolsReversed(from.body)), (key) => -key.length)
      const changed = { ...send(from, body), url: elsewhere(from.request.url), headers: {} }
      assert.deepEqual(keysOf(changed), keysOf(from.request), from.request.url)
    }
  })
})

function acceptOf({ request }: JsonRequest): Record<string, string> {
  const pairs = Array.isArray(request.headers) ? request.headers : Object.entries(request.headers ?? {})
  const accept = pairs.find(([name]) => String(name).toLowerCase() === 'accept')?.[1]
  return accept === undefined ? {} : { accept: String(accept) }
}

const TOKEN = 'zq7zq'
const isMedia = ({ path, value }: Leaf): boolean =>
  typeof value === 'string' &&
  (/^data:[^,]*;base64,/.test(value) ||
    (['data', 'bytes'].includes(String(path.at(-1))) && !/\s/.test(value)))

const isToolName = (path: Path): boolean =>
  path.at(-1) === 'name' && (path[0] === 'tools' || path[0] === 'toolConfig') && !path.includes('parameters')

/** The leaf with another value, and the text that the reported difference must contain. */
function mutate(leaf: Leaf): { readonly value: JsonValue; readonly seen: string } {
  const { path, value } = leaf
  const name = String(path.at(-1))
  if (typeof value === 'boolean') return { value: !value, seen: name }
  if (typeof value === 'number')
    return { value: value + 1, seen: typeof path.at(-1) === 'number' ? '[' : name }
  if (isMedia(leaf)) {
    const comma = value.indexOf(',') + 1
    return {
      value: `${value.slice(0, comma)}${value[comma] === 'A' ? 'B' : 'A'}${value.slice(comma + 1)}`,
      seen: 'sha256',
    }
  }
  const json = name === 'arguments' || name === 'schema' ? parseJson(value)?.value : undefined
  if (isObject(json)) return { value: JSON.stringify({ ...json, [TOKEN]: 1 }), seen: TOKEN }
  return { value: value + TOKEN, seen: TOKEN }
}

/** Canonical names of fields that an API names differently. */
const RENAMED: Readonly<Record<string, string>> = {
  disable_parallel_tool_use: 'parallel_tool_calls',
  thinkingBudget: 'budget_tokens',
  thinking_budget: 'budget_tokens',
  outputDimensionality: 'dimensions',
  includeThoughts: 'include_thoughts',
}

describe('corpus: a change that counts is found and named', () => {
  before('needs ../shared/corpus/http', function () {
    if (shared('corpus/http') === undefined) this.skip()
  })

  it(`finds 1,000 changes of one leaf each (seed ${seed})`, () => {
    const targets = jsonRequests.flatMap((from) =>
      leavesOf(from.body)
        .filter((leaf) => counts(leaf, from.body, from.canonical))
        .map((leaf) => ({ from, leaf })),
    )
    assert.ok(targets.length > 2000, `${targets.length} leaves that count`)
    fc.assert(
      fc.property(fc.noBias(fc.nat({ max: targets.length - 1 })), (which) => {
        const target = targets[which]
        assert.ok(target)
        const { leaf } = target
        const { value, seen } = mutate(leaf)
        const changed = send(target.from, withLeaf(target.from.body, leaf.path, value))
        const found = differences(target.from.request, changed)
        const where = `${pathText(leaf.path)} of ${target.from.request.url}: ${JSON.stringify(found)}`
        assert.notEqual(fingerprint(changed).matchKey, fingerprint(target.from.request).matchKey, where)
        assert.ok(found.length > 0, where)
        if (RESHAPES.has(String(leaf.path.at(-1)))) return
        if (isToolName(leaf.path) && found.length === 2) {
          // A function is addressed by its name: the old one is gone and a new one is there.
          assert.ok(
            found.every(({ path }) => path.startsWith(`tools[${String(leaf.value)}`)),
            where,
          )
          return
        }
        assert.ok(found.length === 1, where)
        const [{ path, incoming }] = found as [(typeof found)[number]]
        const shown = seen === TOKEN ? path + JSON.stringify(incoming ?? '') : path
        assert.ok(shown.includes(RENAMED[seen] ?? seen), where)
      }),
      { numRuns: runs(1000), seed },
    )
  })
})
