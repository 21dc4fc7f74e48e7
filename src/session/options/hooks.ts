import { defined } from '../../base/defined.ts'
import { decodeBody, encodeBody } from '../../exchange/body/body.ts'
import type {
  Interaction,
  InteractionBody,
  InteractionRequest,
  InteractionResponse,
  StoredHeaders,
} from '../../cassette/interaction.ts'
import { headersFromStored } from '../../cassette/stored-headers.ts'
import { headerValue } from '../../exchange/headers.ts'

/** Header names as they were sent. Lines of the same name are one entry, also if other lines are between them. */
export type HookHeaders = Record<string, string | string[]>

/** An exchange in the shape that it has in the file. A hook may change it. */
export interface RecordedExchange {
  id: string
  recorded_at: string
  request: { method: string; url: string; headers: HookHeaders; body?: InteractionBody }
  response?: {
    status: number
    reason?: string
    headers: HookHeaders
    body?: InteractionBody
    trailers?: HookHeaders
    delay_ms?: number
  }
  failure?: { name: string; message: string; code?: string }
  incomplete?: true
}

export type ExchangeHook = (exchange: RecordedExchange) => RecordedExchange | null

function named(headers: StoredHeaders): HookHeaders {
  if (!isList(headers)) return headers as HookHeaders
  const names: HookHeaders = {}
  for (const [name, value] of headers)
    Object.defineProperty(names, name, {
      value: Object.hasOwn(names, name) ? [names[name] ?? [], value].flat() : value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  return names
}

const isList = (headers: StoredHeaders): headers is readonly (readonly [string, string])[] =>
  Array.isArray(headers)

/** Calls a hook with a copy of an exchange: the cassette may use its own again. */
export function applyHook(hook: ExchangeHook, interaction: Interaction): Interaction | null {
  const { request, response, ...rest } = structuredClone({
    ...interaction,
    request: inline(interaction.request),
    ...defined({ response: interaction.response && inline(interaction.response) }),
  })
  return hook({
    ...rest,
    request: { ...request, headers: named(request.headers) },
    ...defined({ response: response && forHook(response) }),
  })
}

/** A hook sees every body in its readable form, however large it is. */
function inline<Part extends InteractionRequest | InteractionResponse>(part: Part): Part {
  const { body } = part
  if (body === undefined || !('sidecar' in body)) return part
  const { sidecar: _, bytes: __, delay_ms: ___, ...flags } = body
  const contentType = headerValue(headersFromStored(part.headers), 'content-type')
  return { ...part, body: { ...encodeBody(decodeBody(body), defined({ contentType })), ...flags } }
}

function forHook({ headers, trailers, ...rest }: InteractionResponse): RecordedExchange['response'] & object {
  return { ...rest, headers: named(headers), ...defined({ trailers: trailers && named(trailers) }) }
}
