import { defined } from '../../base/defined.ts'
import { checkBody } from '../../exchange/body/body.ts'
import { StoredBodyError } from '../../exchange/body/stored-body-error.ts'
import { isSince, isTurn, wrongForm } from './response-extras.ts'
import type { Interaction } from '../interaction.ts'
import { asksToUpgrade } from '../stored-headers.ts'
import type { ValuePath } from '../yaml/tree.ts'

type Mapping = Readonly<Record<string, unknown>>

/** A value does not fit the format. `path` says where it is. */
export class ShapeProblem extends Error {
  readonly path: ValuePath
  readonly expected: string
  readonly found: string

  constructor(path: ValuePath, expected: string, found: string) {
    super(`${path.join('.')}: expected ${expected}, found ${found}`)
    this.name = 'ShapeProblem'
    this.path = path
    this.expected = expected
    this.found = found
  }
}

/**
 * Checks what a YAML parser gave for one item. Ignores keys that it does not know.
 * @throws {ShapeProblem}
 */
export function checkInteraction(value: unknown): Interaction {
  const item = mapping(value, [], 'an interaction: a mapping with id, recorded_at, request')
  text(item, 'id', [], 'an id')
  const recordedAt = text(item, 'recorded_at', [], 'the time of the recording')
  if (Number.isNaN(Date.parse(recordedAt))) fail(['recorded_at'], 'an ISO 8601 time', recordedAt)
  const request = mapping(own(item, 'request'), ['request'], 'a mapping with method and url')
  text(request, 'method', ['request'], 'an HTTP method')
  text(request, 'url', ['request'], 'an absolute URL')
  if (!URL.canParse(String(request['url'])))
    fail(['request', 'url'], 'an absolute URL', String(request['url']))
  checkMessage(request, 'request')
  checkMatch(own(item, 'match'))
  checkResponse(own(item, 'response'), asksToUpgrade(request['url'], own(request, 'headers')))
  checkFailure(own(item, 'failure'))
  checkFlag(own(item, 'incomplete'), ['incomplete'])
  checkFlag(own(item, 'open'), ['open'])
  checkMilliseconds(item, 'waited_ms')
  optional(own(item, 'apart'), (apart) => mapping(apart, ['apart'], 'a mapping'))
  optional(own(item, 'rebased'), (rebased) => mapping(rebased, ['rebased'], 'a mapping'))
  if (
    own(item, 'response') === undefined &&
    own(item, 'failure') === undefined &&
    own(item, 'incomplete') !== true
  ) {
    fail([], 'a response, a failure or "incomplete: true"', 'none of them')
  }
  return withHeaders(item) as unknown as Interaction
}

/** Whether the format has text at this path of an interaction. A number without quotes is text there. */
export function isInteractionText(path: ValuePath): boolean {
  const [top, key] = path
  if (top === 'id' || top === 'sent' || top === 'recorded_at' || top === 'apart') return true
  if (top === 'failure') return key !== 'http2_code'
  if (top === 'match') return key !== 'v'
  if (top !== 'request' && top !== 'response') return false
  if (key === 'since') return path[3] !== 0
  if (key !== 'body') return TEXT_KEYS.has(key ?? '') || (key === 'informational' && path[3] === 'headers')
  const form = path[2]
  if (path.slice(2, -1).includes('json') || path.at(-1) === 'json') return false
  if (form === 'websocket' && path.at(-1) === 'code') return false
  return path.length > 3 || form === 'text' || form === 'base64' || form === 'sidecar'
    ? !NOT_TEXT.has(path.at(-1) ?? '')
    : false
}

const TEXT_KEYS = new Set<string | number>(['method', 'url', 'reason', 'http_version', 'headers', 'trailers'])

/** Keys inside bodies that are numbers or flags. */
const NOT_TEXT = new Set<string | number>(
  'delay_ms bytes retry indent spaced ascii pad newline bom tight encoded bare_deflate eol space boolean byte short integer compressed'.split(
    ' ',
  ),
)

function checkMessage(message: Mapping, name: 'request' | 'response'): void {
  optional(own(message, 'headers'), (headers) => checkHeaders(headers, [name, 'headers']))
  optional(own(message, 'trailers'), (trailers) => checkHeaders(trailers, [name, 'trailers']))
  const body = own(message, 'body')
  if (body === undefined) return
  try {
    checkBody(body)
  } catch (error) {
    if (!(error instanceof StoredBodyError)) throw error
    throw new ShapeProblem([name, 'body', ...error.path], error.expected, error.found)
  }
  if (own(body as Mapping, 'websocket') !== undefined && own(message, 'status') !== 101)
    fail([name, 'body'], 'a websocket body only in a response with status 101', 'one elsewhere')
  for (const flag of ['encoded', 'bare_deflate']) checkFlag(own(body as Mapping, flag), [name, 'body', flag])
  checkFlag(own(message, 'incomplete'), [name, 'incomplete'])
}

/** @param toUpgrade whether the request asks for another protocol: an answer with 101 may then have no messages */
function checkResponse(value: unknown, toUpgrade: boolean): void {
  if (value === undefined) return
  const response = mapping(value, ['response'], 'a mapping with status')
  const status = own(response, 'status')
  const body = own(response, 'body')
  const isWebSocket =
    body === undefined ? toUpgrade : typeof body === 'object' && own({ ...body }, 'websocket') !== undefined
  if (!isWhole(status) || status > 999 || (status < 200 && !(status === 101 && isWebSocket)))
    fail(['response', 'status'], 'an HTTP status from 200 to 999, or 101 with a WebSocket', describe(status))
  if (own(response, 'reason') !== undefined) text(response, 'reason', ['response'], 'a reason phrase', true)
  checkMilliseconds(response, 'delay_ms', ['response'])
  checkMessage(response, 'response')
  checkResponseExtras(response)
}

function checkResponseExtras(response: Mapping): void {
  const version = own(response, 'http_version')
  if (version !== undefined && version !== '1.0' && version !== '2')
    fail(['response', 'http_version'], "'1.0' or '2', in quotes", describe(version))
  const informational = own(response, 'informational') ?? []
  if (!Array.isArray(informational))
    fail(['response', 'informational'], 'a list of mappings with status and headers', describe(informational))
  for (const [index, one] of (informational as unknown[]).entries()) {
    const path = ['response', 'informational', index]
    const { status, headers } = mapping(one, path, 'a mapping with status and headers')
    if (!isWhole(status) || status < 102 || status > 199)
      fail([...path, 'status'], 'an HTTP status from 102 to 199', describe(status))
    checkHeaders(headers, [...path, 'headers'])
  }
  const after = own(response, 'after')
  if (after !== undefined && !(isWhole(after) && after >= 0))
    fail(['response', 'after'], 'a number of messages or bytes of the request', describe(after))
  const turns = own(response, 'turns') ?? []
  if (!Array.isArray(turns) || !turns.every(isTurn))
    fail(['response', 'turns'], 'a list of [byte, units of the request, or all]', describe(turns))
  const since = own(response, 'since') ?? []
  if (!Array.isArray(since) || !since.every(isSince))
    fail(['response', 'since'], 'a list of [head or a byte, ids of interactions]', describe(since))
  const wrong = wrongForm(own(response, 'forms'))
  if (wrong)
    fail(['response', 'forms', ...wrong], 'forms by stand-in: jwt, pairs, base64 or digits', 'another value')
}

function checkMatch(value: unknown): void {
  if (value === undefined) return
  const match = mapping(value, ['match'], 'a mapping with key, semantic_key, on, api, v')
  for (const key of ['key', 'semantic_key']) {
    const digest = text(match, key, ['match'], '64 hex digits')
    if (!/^[0-9a-f]{64}$/.test(digest)) fail(['match', key], '64 hex digits', `${digest.length} characters`)
  }
  const on = own(match, 'on')
  if (!Array.isArray(on) || !on.every((name) => typeof name === 'string')) {
    fail(['match', 'on'], 'a list of field names', describe(on))
  }
  text(match, 'api', ['match'], 'the name of an API')
  const version = own(match, 'v')
  if (!isWhole(version) || version < 1)
    fail(['match', 'v'], 'the version of the matching rules', describe(version))
}

function checkFailure(value: unknown): void {
  if (value === undefined) return
  const failure = mapping(value, ['failure'], 'a mapping with name and message')
  text(failure, 'name', ['failure'], 'the name of the error')
  text(failure, 'message', ['failure'], 'the message of the error', true)
  if (own(failure, 'code') !== undefined) text(failure, 'code', ['failure'], 'the code of the error')
  const http2Code = own(failure, 'http2_code')
  if (http2Code !== undefined && !(isWhole(http2Code) && http2Code >= 0))
    fail(['failure', 'http2_code'], 'an HTTP/2 error code', describe(http2Code))
}

function checkHeaders(value: unknown, path: ValuePath): void {
  if (Array.isArray(value)) {
    for (const [index, pair] of value.entries()) {
      if (Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string')) continue
      fail([...path, index], 'a list of [name, value]', describe(pair))
    }
    return
  }
  for (const [name, values] of Object.entries(mapping(value, path, 'a mapping from header name to value'))) {
    if (typeof values === 'string') continue
    if (Array.isArray(values) && values.every((one) => typeof one === 'string')) continue
    fail([...path, name], 'a header value, or a list of them', describe(values))
  }
}

/** A person may leave out `headers`. Readers of an interaction need not know that. */
function withHeaders(item: Mapping): Mapping {
  const [request, response] = [item['request'] as Mapping, own(item, 'response') as Mapping | undefined]
  const complete =
    own(request, 'headers') !== undefined &&
    (response === undefined || own(response, 'headers') !== undefined)
  if (complete) return item
  return {
    ...item,
    request: { headers: {}, ...request },
    ...defined({ response: response && { headers: {}, ...response } }),
  }
}

function mapping(value: unknown, path: ValuePath, expected: string): Mapping {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping
  return fail(path, expected, describe(value))
}

function text(parent: Mapping, key: string, path: ValuePath, expected: string, mayBeEmpty = false): string {
  const value = own(parent, key)
  if (typeof value === 'string' && (mayBeEmpty || value !== '')) return value
  return fail([...path, key], expected, value === '' ? 'nothing' : describe(value))
}

function checkFlag(value: unknown, path: ValuePath): void {
  if (value !== undefined && typeof value !== 'boolean') fail(path, 'true or false', describe(value))
}

function checkMilliseconds(parent: Mapping, key: string, path: ValuePath = []): void {
  const ms = own(parent, key)
  if (ms !== undefined && !(typeof ms === 'number' && Number.isFinite(ms) && ms >= 0))
    fail([...path, key], 'milliseconds, 0 or more', describe(ms))
}

function optional(value: unknown, check: (value: unknown) => void): void {
  if (value !== undefined) check(value)
}

function own(parent: Mapping, key: string): unknown {
  return Object.hasOwn(parent, key) ? parent[key] : undefined
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)

function fail(path: ValuePath, expected: string, found: string): never {
  throw new ShapeProblem(path, expected, found)
}

/** A found value in words: its kind, the beginning of a text, or the scalar itself. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? `text (${JSON.stringify(value.slice(0, 40))})` : JSON.stringify(value)
}
