import { defined } from '../base/defined.ts'
import type { ExchangeRequest } from '../exchange/exchange.ts'
import { isObject, own } from '../providers/json/json.ts'
import { providerFor } from '../providers/registry.ts'
import { parseRequest } from '../providers/requests/parse.ts'
import type { Operation } from '../providers/types.ts'
import type { Place } from './json/paths.ts'

/** Where the JSON of an exchange holds what a model or its user says. */
export type ContentKind = 'chat' | 'tool call' | 'none'

const CHATS: ReadonlySet<Operation> = new Set<Operation>([
  'chat',
  'count_tokens',
  'responses.compact',
  'completion',
])

/** The fields of the APIs of models that hold messages, their parts, and the arguments and results of tools. */
const MESSAGES: ReadonlySet<string> = new Set(
  `messages message contents content content_block contentBlock input output system systemInstruction instructions prompt
  choices candidates delta item part parts arguments args partial_json toolUse toolResult`.split(/\s+/),
)

/** Which kind of content the bodies of an exchange have: a chat with a model, or the call of a tool by JSON-RPC (MCP). */
export function contentKindOf({ method, url, headers, body, contentDecoded }: ExchangeRequest): ContentKind {
  if (body === null || body.length === 0 || URL.parse(url) === null) return 'none'
  const parsed = parseRequest({ method, url, headers, body, ...defined({ contentDecoded }) })
  const { json } = parsed
  if (isObject(json) && own(json, 'jsonrpc') === '2.0') return 'tool call'
  return CHATS.has(providerFor(parsed).operation(parsed)) ? 'chat' : 'none'
}

/** Whether a place is content in an exchange of this kind. There the name of a field says nothing about its value. */
export function isContent(place: Place, kind: ContentKind): boolean {
  if (kind === 'none') return false
  const names: string[] = []
  for (let at = place.parent; at !== undefined; at = at.parent)
    if (at.name !== undefined) names.unshift(at.name)
  if (kind === 'tool call') return names[0] === 'params' && names[1] === 'arguments'
  return names.some((name) => MESSAGES.has(name))
}
