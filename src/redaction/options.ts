import { CassetteOptionError } from '../errors/cassette-option-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { plainName } from '../providers/requests/credentials.ts'
import { GivenValues } from './given/given-values.ts'
import { type LinearPattern, linearPattern } from './search/linear-pattern.ts'
import { MIN_SECRET_BYTES } from './search/secret-patterns.ts'
import type { UserPath } from './json/user-paths.ts'
import { bareName, parseUserPath } from './json/user-paths.ts'

/** What to redact in addition to the safe set, and what of that set to keep. */
export interface RedactOptions {
  /**
   * Names of headers whose value is a secret, in requests and responses.
   * @defaultValue none
   */
  readonly headers?: readonly string[]
  /**
   * Paths in JSON bodies: `user.email`, `users[*].ssn`, `**.password`. A bare name means anywhere, also in form and
   * multipart bodies. The value becomes the string `REDACTED`. In a stream, a path begins at the JSON of each event.
   * @defaultValue none
   */
  readonly json?: readonly string[]
  /**
   * Names of query parameters whose value is a secret.
   * @defaultValue none
   */
  readonly query?: readonly string[]
  /**
   * Texts that must not be written. A string means exactly this text, wherever it is and however it is encoded. A regular
   * expression is tried on the URL, on each header's value, on each JSON string, number and name, and on other text as a
   * whole. Its time must be linear in the text: back-references are refused, and so is look-around in an expression that has
   * counts without a limit.
   * @defaultValue none
   */
  readonly patterns?: readonly (RegExp | string)[]
  /**
   * Functions that run last. Each gets the exchange that is already redacted, and returns the one that is written. When a
   * request is looked up, there is no response yet, so what a function does to a request must not depend on the response.
   * When a message of a WebSocket client is matched, a function gets that message alone (`response.frames`).
   * @defaultValue none
   */
  readonly functions?: readonly ((exchange: Exchange) => Exchange)[]
  /**
   * Names (of a header, a query parameter, a JSON or form field, an environment variable) that do not make a value secret.
   * The value may still be hidden for another reason: it is the value of another environment variable with a secret's name,
   * or it looks like a key. A JSON Web Token in a JSON field stays byte for byte.
   * @defaultValue none
   */
  readonly keep?: readonly string[]
}

/**
 * The short form: a name means the header, the query parameter and the JSON or form field of that name; a path means
 * JSON; regular expressions are patterns and functions are functions.
 */
export type RedactList = readonly (string | RegExp | ((exchange: Exchange) => Exchange))[]

/** The options, ready for use. Names are in lower case (headers, query) or as `plainName` gives them (`keep`). */
export interface RedactionRules {
  readonly headers: ReadonlySet<string>
  readonly query: ReadonlySet<string>
  readonly paths: readonly UserPath[]
  /** The bare names among the paths: fields of forms. */
  readonly fields: ReadonlySet<string>
  readonly patterns: readonly LinearPattern[]
  /** Strings that are long enough to be searched for like the secrets of the environment. */
  readonly literals: readonly string[]
  readonly functions: readonly ((exchange: Exchange) => Exchange)[]
  readonly keep: ReadonlySet<string>
  /** Request headers that are stored because `matchOn` names them. */
  readonly matched: ReadonlySet<string>
  /** What servers gave in the session. */
  readonly given: GivenValues
}

const KEYS = ['headers', 'json', 'query', 'patterns', 'functions', 'keep'] as const
const LINEAR =
  'regular expressions whose time is linear in the text: no back-references, and no count above 1000, look-around only if ' +
  'no count is without a limit, and not the flag v (or use redact.functions)'
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/

/** @throws {CassetteOptionError} with the name of the option and the values that it can have */
export function compileRules(
  options: RedactOptions | RedactList | undefined,
  matchedHeaders: readonly string[] = [],
  given: GivenValues = new GivenValues(),
): RedactionRules {
  const asked = isList(options) ? fromList(options) : checkObject(options === undefined ? {} : options)
  const headers = listOf(asked, 'headers', 'header names', isString)
  const query = listOf(asked, 'query', 'names of query parameters', isString)
  const json = listOf(asked, 'json', 'JSON paths (user.email, users[*].ssn, **.password)', isString)
  const patterns = listOf(asked, 'patterns', 'regular expressions and non-empty strings', isPattern)
  for (const name of headers) if (!HEADER_NAME.test(name)) fail('headers', 'header names', name)
  const paths = json.map(
    (path) => parseUserPath(path) ?? fail('json', 'JSON paths (user.email, users[*].ssn, **.password)', path),
  )
  return {
    headers: new Set(headers.map((name) => name.toLowerCase())),
    query: new Set(query.map((name) => name.toLowerCase())),
    paths,
    fields: new Set(paths.map(bareName).filter((name) => name !== undefined)),
    patterns: patterns.flatMap((pattern) => (isLiteral(pattern) ? [] : [linear(pattern)])),
    literals: patterns.filter(isLiteral),
    functions: listOf(asked, 'functions', 'functions (exchange) => exchange', isFunction),
    keep: new Set(listOf(asked, 'keep', 'names', isString).map(plainName)),
    matched: new Set(matchedHeaders),
    given,
  }
}

function isList(options: RedactOptions | RedactList | undefined): options is RedactList {
  return Array.isArray(options)
}

function fromList(list: RedactList): RedactOptions {
  for (const item of list) {
    if (!isString(item) && !(item instanceof RegExp) && typeof item !== 'function')
      throw new CassetteOptionError(
        'redact',
        'names or JSON paths, regular expressions and functions',
        kindOf(item),
      )
  }
  const names = list.filter(isString)
  const bare = names.filter((name) => /^[\w-]+$/.test(name))
  return {
    headers: bare,
    query: bare,
    json: names,
    patterns: list.filter((item) => item instanceof RegExp),
    functions: list.filter(isFunction),
  }
}

function checkObject(options: RedactOptions): RedactOptions {
  if (typeof options !== 'object' || options === null)
    throw new CassetteOptionError('redact', `an object with ${KEYS.join(', ')}, or a list`, kindOf(options))
  for (const key of Object.keys(options)) {
    if (!(KEYS as readonly string[]).includes(key))
      throw new CassetteOptionError(`redact.${key}`, `one of ${KEYS.join(', ')}`, 'an unknown name')
  }
  return options
}

function listOf<T>(
  options: RedactOptions,
  key: keyof RedactOptions,
  expected: string,
  fits: (item: unknown) => item is T,
): readonly T[] {
  const list: unknown = options[key]
  if (list === undefined) return []
  if (!Array.isArray(list)) fail(key, `a list of ${expected}`, list)
  return list.map((item: unknown) => (fits(item) ? item : fail(key, `a list of ${expected}`, item)))
}

function fail(key: string, expected: string, found: unknown): never {
  throw new CassetteOptionError(`redact.${key}`, expected, kindOf(found))
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'object' && value !== null
      ? 'an object'
      : String(value)
}

function isString(item: unknown): item is string {
  return typeof item === 'string' && item !== ''
}

function isPattern(item: unknown): item is RegExp | string {
  return isString(item) || item instanceof RegExp
}

/** Whether the string is long enough to be searched for like a secret of the environment. */
function isLiteral(pattern: RegExp | string): pattern is string {
  return typeof pattern === 'string' && Buffer.byteLength(pattern) >= MIN_SECRET_BYTES
}

function isFunction(item: unknown): item is (exchange: Exchange) => Exchange {
  return typeof item === 'function'
}

function linear(pattern: RegExp | string): LinearPattern {
  const isText = typeof pattern === 'string'
  const expression = isText ? new RegExp(pattern.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')) : pattern
  const made = linearPattern(expression)
  if (made !== undefined) return made
  throw new CassetteOptionError('redact.patterns', LINEAR, String(expression))
}
