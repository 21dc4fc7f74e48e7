import { defined } from '../base/defined.ts'
import { bodyCodecs, decodeBody } from '../exchange/body/body.ts'
import { BodySource } from '../exchange/body/codec.ts'
import { framesFromStored, framesToStored } from '../exchange/body/codecs/websocket.ts'
import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { emitItem, type EmitStyle } from './yaml/emit.ts'
import { type Interaction, type InteractionBody, KEY_ORDER } from './interaction.ts'
import { orderKeys, sameValue } from './yaml/own-keys.ts'
import { readItem } from './yaml/quick-read.ts'
import { sourceText } from './yaml/source-text.ts'
import { readYaml } from './yaml/tree.ts'

/**
 * An interaction as an item of a cassette's list: `  - id: ...` and so on, with LF and a line end at the end. The same
 * interaction gives the same text. The text is read back before it is returned.
 * @throws {CassetteWriteError} if no YAML reads back as this interaction (it has values that JSON does not have)
 */
export function interactionText(interaction: Interaction): string {
  const value = ordered(interaction)
  for (const style of ['readable', 'sturdy'] satisfies EmitStyle[]) {
    const text = emitted(value, style)
    if (text !== undefined && readsBack(text, value)) return text
  }
  // Hundreds of megabytes of control characters: with an escape for each, the text is longer than a string can be.
  const asBytes = ordered(withBase64(interaction))
  const text = emitted(asBytes, 'readable')
  if (text !== undefined && readsBack(text, asBytes)) return text
  throw new CassetteWriteError({
    path: `The interaction ${JSON.stringify(interaction.id)}`,
    problem: 'its YAML does not read back as what was written',
  })
}

/** The text with another id, and without the key `sent` of a journal. Nothing else changes. */
export function withId(text: string, id: string): string {
  return text.replace(/^( *- )id: [^\n]*\n(?: +sent: [^\n]*\n)?/, (_line, dash: string) =>
    emitItem({ id }, 'readable').replace('  - ', dash),
  )
}

/** The text with the key `apart`. Nothing else changes. */
export function withApart(text: string, apart: Readonly<Record<string, string>>): string {
  const [, ...lines] = emitItem({ id: '', apart }, 'readable').split('\n')
  return text.replace(/^ {4}recorded_at: [^\n]*\n/m, (line) => line + lines.join('\n'))
}

function withBase64(interaction: Interaction): Interaction {
  const { request, response } = interaction
  return {
    ...interaction,
    request: { ...request, ...base64Body(request.body) },
    ...defined({ response: response && { ...response, ...base64Body(response.body) } }),
  }
}

function base64Body(body: InteractionBody | undefined): { readonly body?: InteractionBody } {
  if (body === undefined) return {}
  if ('sidecar' in body) return { body }
  if ('websocket' in body) return { body: framesToStored(framesFromStored(body), true) }
  const bytes = bodyCodecs.base64.encode(new BodySource(decodeBody(body), undefined))
  const { encoded, bare_deflate: bare } = body
  return {
    body: { ...(bytes ?? body), ...(encoded && { encoded }), ...(bare && { bare_deflate: bare }) },
  }
}

/** `undefined`: nested too deep for the stack, circular, or too long for a string. */
function emitted(value: Readonly<Record<string, unknown>>, style: EmitStyle): string | undefined {
  try {
    return emitItem(value, style)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readsBack(text: string, value: Readonly<Record<string, unknown>>): boolean {
  if (sameValue(readItem(text), value)) return true
  try {
    const list = readYaml(sourceText('', text), 'item', () => false).value
    return sameValue(list, [value])
  } catch {
    return false
  }
}

function ordered(interaction: Interaction): Record<string, unknown> {
  const value = orderKeys(interaction as unknown as Record<string, unknown>, KEY_ORDER.interaction)
  for (const part of ['request', 'match', 'response', 'failure'] as const) {
    const child = interaction[part]
    if (child !== undefined)
      value[part] = orderKeys(child as unknown as Record<string, unknown>, KEY_ORDER[part])
  }
  return value
}
