import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { requestFromInteraction } from '../cassette/convert.ts'
import type { InteractionBody } from '../cassette/interaction.ts'
import { isList, isObject, type JsonObject, parseJson } from '../providers/json/json.ts'
import { type Earlier, inputItems } from './reading/responses.ts'

/** The conversations that servers of OpenAI Responses know by the id of an answer, as far as the cassette has them. */
export function earlierIn(cassette: Cassette): Earlier {
  let byId: ReadonlyMap<string, CassetteEntry> | undefined
  const open = new Set<string>()
  const earlier: Earlier = (id) => {
    byId ??= answersOf(cassette)
    const entry = byId.get(id)
    // A hand-edited answer may name itself.
    if (entry === undefined || open.has(id)) return undefined
    open.add(id)
    try {
      const interaction = entry.read()
      const { body } = requestFromInteraction(interaction.request)
      const asked = body === null ? undefined : parseJson(Buffer.from(body).toString('utf8'))?.value
      const output = answerOf(interaction.response?.body)?.['output']
      return [...inputItems(isObject(asked) ? asked : {}, earlier), ...(isList(output) ? output : [])]
    } finally {
      open.delete(id)
    }
  }
  return earlier
}

function answersOf({ entries }: Cassette): ReadonlyMap<string, CassetteEntry> {
  return new Map(
    entries.flatMap((entry) => {
      if (!/\/responses\b/.test(entry.url)) return []
      const id = answerOf(entry.read().response?.body)?.['id']
      return typeof id === 'string' ? [[id, entry] as const] : []
    }),
  )
}

/** The response object: the body, or what the last event of a stream holds. */
function answerOf(body: InteractionBody | undefined): JsonObject | undefined {
  if (body === undefined) return undefined
  if ('json' in body) return isObject(body.json) ? body.json : undefined
  if (!('sse' in body)) return undefined
  const events = body.sse.toReversed() as readonly { readonly data?: unknown }[]
  for (const { data } of events) {
    const value = isObject(data) ? data['json'] : undefined
    if (isObject(value) && isObject(value['response'])) return value['response']
  }
  return undefined
}
