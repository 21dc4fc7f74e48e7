import { bufferOf } from '../../base/bytes.ts'
import type { ExchangeResponse } from '../../exchange/exchange.ts'
import type { GivenForm } from '../../exchange/given-form.ts'
import type { JsonValue } from '../../exchange/json-value.ts'
import type { TextSearch } from '../search/text-search.ts'
import type { GivenValues } from './given-values.ts'

/** The redacted response with the forms of the stand-ins in it. What is kept of a value may be a secret for another reason. */
export function withForms(
  response: ExchangeResponse,
  given: GivenValues,
  search: TextSearch,
): ExchangeResponse {
  const forms = given.formsIn(textsOf(response))
  if (!forms) return response
  const safe = Object.entries(forms).map(([standIn, form]) => [standIn, redacted(form, search) as GivenForm])
  return { ...response, forms: Object.fromEntries(safe) as Record<string, GivenForm> }
}

function* textsOf({ headers, trailers = [], chunks, frames = [] }: ExchangeResponse): Generator<string> {
  for (const [, value] of [...headers, ...trailers]) yield value
  for (const part of [...chunks, ...frames]) {
    if ('data' in part && bufferOf(part.data).includes('REDACTED-'))
      yield bufferOf(part.data).toString('latin1')
  }
}

function redacted(value: JsonValue | GivenForm, search: TextSearch): JsonValue {
  if (typeof value === 'string') return search.redactString(value)
  if (Array.isArray(value)) return value.map((one) => redacted(one as JsonValue, search))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, redacted(one as JsonValue, search)]),
  )
}
