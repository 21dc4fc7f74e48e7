import { defined } from '../../base/defined.ts'
import { UnknownMatchFieldError } from '../../errors/unknown-match-field-error.ts'
import type { CanonicalRequest } from '../../providers/types.ts'
import { OPENAI_TOP } from '../../providers/requests/volatile.ts'
import { ALWAYS, bodyOf, fieldOf, fieldsOf, isKnown, NAMES } from './field-names.ts'
import { isNearMiss } from './near-miss.ts'
import { hasBodyFields, isChat, isPlain } from '../operations.ts'

export { fieldsOf } from './field-names.ts'

/** The fields that determine the answer of a chat (see docs/matching.md). */
export const DEFAULT_MATCH_ON: readonly string[] = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
]

/** The fields that determine the answer of a completion. */
const COMPLETION: readonly string[] =
  'model prompt suffix system images raw template context_tokens reasoning_effort reasoning thinking'.split(
    ' ',
  )

/** `matchOn: ['*']`: the default of the operation. */
export const EVERYTHING = '*'

/** The fields by which a request is compared. */
export interface Selection {
  /** Canonical field names, including fields that are always compared together with a named one. */
  readonly fields: readonly string[]
  /** The compared top-level keys of a JSON body of an unknown API. Absent: the whole body. */
  readonly bodyKeys?: readonly string[]
  /** The names that are stored in `match.on`. As `matchOn` they select the same fields. */
  readonly on: readonly string[]
}

const RIDERS: ReadonlyMap<string, string> = new Map([
  ['messages', 'context'],
  ['tool_choice', 'parallel_tool_calls'],
])

const withRiders = (names: readonly string[]): string[] =>
  names.flatMap((name) => {
    const rider = RIDERS.get(name)
    return rider === undefined ? [name] : [name, rider]
  })

function byItself(canonical: CanonicalRequest): Selection {
  if (isChat(canonical.op)) return { fields: withRiders(DEFAULT_MATCH_ON), on: DEFAULT_MATCH_ON }
  return { fields: canonical.op === 'completion' ? COMPLETION : fieldsOf(canonical), on: [EVERYTHING] }
}

/**
 * The fields that `matchOn` selects from a request. A chat has exactly the named fields. Another operation has them only if the
 * list names a field of this request other than `model`, `stream`, `background` and, for a known API, the fields of chats.
 * Otherwise it has its default fields: a list for chats must not give all embeddings of a model the same key.
 */
export function select(canonical: CanonicalRequest, matchOn: readonly string[] | undefined): Selection {
  const fields = matchOn?.filter((name) => !isHeader(name))
  if (matchOn === undefined || fields === undefined || fields.length === matchOn.length)
    return selectFields(canonical, matchOn)
  // Headers are added to what counts without them.
  const selection = selectFields(canonical, fields.length === 0 ? undefined : fields)
  return { ...selection, on: [...selection.on, ...matchOn.filter(isHeader)] }
}

const isHeader = (name: string): boolean => name.startsWith('headers.')

function selectFields(canonical: CanonicalRequest, matchOn: readonly string[] | undefined): Selection {
  if (matchOn === undefined || isDefault(matchOn)) return byItself(canonical)
  if (matchOn.includes(EVERYTHING)) return withHost(byItself(canonical), matchOn)
  const names = [...new Set(matchOn.map((name) => fieldOf(name, canonical)))]
  if (isChat(canonical.op)) {
    const fields = names.filter((name) => !ALWAYS.has(name) && name !== 'host')
    return { fields: withRiders(fields), on: names }
  }
  const { named, keys, applies } = namedIn(canonical, matchOn)
  if (!applies) return withHost(byItself(canonical), names)
  const wholeBody = !hasBodyFields(canonical.op) || named.includes('body')
  return {
    fields: keys.length > 0 && !named.includes('body') ? [...named, 'body'] : named,
    ...defined({ bodyKeys: wholeBody ? undefined : keys }),
    on: [...new Set([...names, ...keys])],
  }
}

interface Named {
  /** Canonical fields of the request. */
  readonly named: readonly string[]
  /** Top-level keys of its body, if its API is unknown. */
  readonly keys: readonly string[]
  /** Whether the list is meant for requests like this one. */
  readonly applies: boolean
}

function namedIn(canonical: CanonicalRequest, matchOn: readonly string[]): Named {
  const { op } = canonical
  const body = bodyOf(canonical)
  const keys = hasBodyFields(op) ? matchOn.filter((name) => Object.hasOwn(body, name)) : []
  const own = new Set(fieldsOf(canonical))
  const named = [...new Set(matchOn.map((name) => fieldOf(name, canonical)))].filter((name) => own.has(name))
  const tells = (name: string): boolean => !SAYS_NOTHING.has(name) && (isPlain(op) || !CHAT_ONLY.has(name))
  return { named, keys, applies: isChat(op) || [...named, ...keys].some(tells) }
}

const withHost = (selection: Selection, names: readonly string[]): Selection =>
  names.includes('host') ? { ...selection, on: [...selection.on, 'host'] } : selection

/** A list of only these names is meant for no operation in particular: every API has a model, and every key has the other two. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['model', 'stream', 'background'])

const CHAT_ONLY: ReadonlySet<string> = new Set([...DEFAULT_MATCH_ON, ...OPENAI_TOP.keys()])

const isDefault = (names: readonly string[]): boolean =>
  names.length === DEFAULT_MATCH_ON.length && DEFAULT_MATCH_ON.every((name) => names.includes(name))

/** Operations whose requests have no fields that a list can name. */
const NAMELESS: ReadonlySet<string> = new Set(['none', 'binary', 'grpc', 'websocket'])

/**
 * Refuses names that no known API and none of these requests has. One request may lack a field that another has. Requests
 * without a body, binary bodies, gRPC calls and WebSockets have no named fields, so they are not checked. If the list is meant for
 * another operation and has a known name, only misspelled names are refused.
 * @throws {UnknownMatchFieldError}
 */
export function checkMatchOn(
  names: readonly string[] | undefined,
  ...requests: readonly CanonicalRequest[]
): void {
  if (names === undefined) return
  const asked = requests.filter(({ op }) => !NAMELESS.has(op))
  if (asked.length === 0) return
  const unknown = names.filter(
    (name) => name !== EVERYTHING && !isHeader(name) && !asked.some((canonical) => isKnown(name, canonical)),
  )
  if (unknown.length === 0) return
  const available = asked.flatMap((canonical) => [
    ...Object.keys(canonical),
    ...Object.keys(bodyOf(canonical)),
  ])
  const meant = unknown.length === names.length || asked.some((request) => namedIn(request, names).applies)
  const refused = meant ? unknown : unknown.filter((name) => isNearMiss(name, [...NAMES, ...available]))
  if (refused.length === 0) return
  throw new UnknownMatchFieldError(
    refused,
    [...new Set(available)].filter((name) => name !== 'api').toSorted(),
  )
}
