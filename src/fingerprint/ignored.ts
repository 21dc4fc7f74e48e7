import { isAbsent, isList, isObject, type JsonObject, type JsonValue, own } from '../providers/json/json.ts'
import { plainName } from '../providers/requests/credentials.ts'
import { isDroppedQuery } from '../providers/requests/location.ts'
import type { CanonicalRequest, ParsedRequest } from '../providers/types.ts'
import {
  BEDROCK_TOP,
  CHAT_TOP,
  GEMINI_TOP,
  GENERIC,
  MESSAGE,
  PART,
  TOOL_SECRET,
} from '../providers/requests/volatile.ts'
import { isPlain } from './operations.ts'

export interface Ignored {
  /** A path of the canonical request. If the field is not in it, a path of the sent request: `headers.x-api-key`, `query.key`. */
  readonly path: string
  readonly reason: string
}

const TOP: ReadonlyMap<string, string> = new Map([...GEMINI_TOP, ...BEDROCK_TOP, ...CHAT_TOP])

/** Fields that contain data of the user or the model. */
const PAYLOAD = new Set(
  'arguments args response json parameters parametersJsonSchema input_schema inputSchema schema data documents text'.split(
    ' ',
  ),
)

/** Fields that hold the conversation. */
const CONVERSATION: ReadonlySet<string> = new Set(
  'messages input contents system systemInstruction tools toolConfig mcp_servers'.split(' '),
)

const CALL_ID = /^(?:tool_call_id|tool_use_id|call_id|toolUseId|approval_request_id)$/
const NUMBERED = 'a generated id: calls are numbered in order of appearance'
const OPAQUE = 'opaque reasoning, encrypted anew with every recording'

/** The values of a request that take no part in its key, with the reason. Order: headers, URL, body. */
export function ignoredOf(
  parsed: ParsedRequest,
  canonical: CanonicalRequest,
  compared: ReadonlySet<string>,
): Ignored[] {
  const out: Ignored[] = []
  const betas = compared.has('betas')
  const counted = new Set(compared.has('headers') ? Object.keys(canonical.headers ?? {}) : [])
  for (const name of parsed.headers.keys()) {
    if (name === 'anthropic-beta' ? betas : counted.has(name)) continue
    out.push({ path: `headers.${name}`, reason: headerReason(name) })
  }
  if (!compared.has('host')) {
    out.push({ path: 'host', reason: 'a recording made against one gateway replays through another' })
  }
  const names = new Set(parsed.query.map(([key]) => key))
  for (const name of names) {
    const kept = isPlain(canonical.op)
      ? parsed.query.some(([key, value]) => key === name && !isDroppedQuery(name, value, names, parsed))
      : name === 'alt' && canonical.alt !== undefined
    if (!kept)
      out.push({ path: `query.${name}`, reason: 'a secret, a client version or an id of the one request' })
  }
  for (const name of Object.keys(canonical)) {
    if (name !== 'api' && !compared.has(name)) out.push({ path: name, reason: 'not in matchOn' })
  }
  if (canonical.op === 'generic') ignoredInGeneric(parsed.body, canonical, compared, out)
  else if (!isPlain(canonical.op)) ignoredInBody(parsed.body, canonical, out)
  return out
}

function headerReason(name: string): string {
  if (name === 'content-type' || name === 'content-encoding') return 'read to decode the body, not compared'
  if (name === 'anthropic-beta') return 'not in matchOn (its name there is betas)'
  return 'it does not choose the answer: headers are per process, per retry or secret'
}

function ignoredInGeneric(
  body: JsonObject,
  canonical: CanonicalRequest,
  compared: ReadonlySet<string>,
  out: Ignored[],
): void {
  const kept = canonical['body']
  for (const name of Object.keys(body)) {
    const reason = GENERIC.get(plainName(name))
    if (reason !== undefined && !(isObject(kept) && own(kept, name) !== undefined))
      out.push({ path: `body.${name}`, reason })
    else if (compared.has('body') && !compared.has(`body.${name}`) && !compared.has('body.*')) {
      out.push({ path: `body.${name}`, reason: 'not in matchOn' })
    }
  }
}

function ignoredInBody(body: JsonObject, canonical: CanonicalRequest, out: Ignored[]): void {
  for (const [name, value] of Object.entries(body)) {
    const reason = TOP.get(name)
    if (reason !== undefined && own(canonical, name) === undefined) out.push({ path: name, reason })
    if (CONVERSATION.has(name)) walk(name, value, out)
  }
}

function walk(path: string, value: JsonValue | undefined, out: Ignored[]): void {
  if (isList(value)) {
    for (const [at, item] of value.entries()) walk(`${path}[${at}]`, item, out)
    return
  }
  if (!isObject(value)) return
  for (const [name, item] of Object.entries(value)) {
    if (item === null || item === undefined) continue
    const reason = reasonIn(value, name)
    if (reason !== undefined) out.push({ path: `${path}.${name}`, reason })
    else if (!PAYLOAD.has(name) && !(name === 'input' && value['name'] !== undefined))
      walk(`${path}.${name}`, item, out)
  }
}

/** An item of a Responses input that contains only a reference to another item by its id. */
const isBareReference = (owner: JsonObject): boolean =>
  Object.keys(owner).every((name) => name === 'id' || name === 'status' || isAbsent(owner[name]))

/** Why this field of a message, block, item, call or tool does not count. `undefined` if it counts, or contains fields that do. */
function reasonIn(owner: JsonObject, name: string): string | undefined {
  const { type } = owner
  if (CALL_ID.test(name)) return NUMBERED
  if (name === 'id') {
    if (type === 'item_reference' || isBareReference(owner)) return undefined
    return owner['role'] === undefined ? NUMBERED : MESSAGE.get(name)
  }
  if (name === 'cachePoint') return 'caching'
  if (name === 'redactedContent' || (type === 'redacted_thinking' && name === 'data')) return OPAQUE
  if (name === 'encrypted_content') return type === 'reasoning' ? OPAQUE : undefined
  if (typeof type === 'string' && TOOL_SECRET.has(name)) return TOOL_SECRET.get(name)
  if (name === 'status') return owner[name] === 'error' ? undefined : MESSAGE.get(name)
  // `citations: {enabled}` of a document is a setting, so it counts.
  if (name === 'citations') return isList(owner[name]) ? MESSAGE.get(name) : undefined
  return PART.get(name) ?? (owner['role'] !== undefined || type !== undefined ? MESSAGE.get(name) : undefined)
}
