import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import type { JsonValue } from '../../providers/json/json.ts'
import type { Asking, CallPart, MediaPart, ResultPart, Said, Settings, TextPart } from '../asking.ts'

/** A schema that allows no parameters, for an API that needs one. */
export const NO_PARAMETERS: JsonValue = { type: 'object', properties: {} }

export const argumentsText = (call: CallPart): string =>
  typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments)

/** @throws {UnsayableError} if the arguments are not a JSON object */
export function argumentsObject(call: CallPart): JsonValue {
  if (typeof call.arguments === 'string')
    throw new UnsayableError(`a call of ${call.name} has arguments that are not JSON`)
  return call.arguments
}

export function dataUrl({ data = '', mediaType = 'application/octet-stream', url }: MediaPart): string {
  return url ?? `data:${mediaType};base64,${data}`
}

export const textsOf = (parts: readonly { readonly kind: string }[]): TextPart[] =>
  parts.filter((part): part is TextPart => part.kind === 'text')

export const callsOf = (parts: readonly { readonly kind: string }[]): CallPart[] =>
  parts.filter((part): part is CallPart => part.kind === 'call')

export const joined = (parts: readonly TextPart[]): string => parts.map(({ text }) => text).join('\n')

/** One text as a string, several or media as a list. */
export function contentOf(
  parts: readonly (TextPart | MediaPart)[],
  write: (part: TextPart | MediaPart) => JsonValue,
): JsonValue {
  const [only, ...more] = parts
  return only?.kind === 'text' && more.length === 0 ? only.text : parts.map(write)
}

/** The text of a result, for an API whose results are texts. */
export function resultText({ name, parts }: ResultPart, api: string): JsonValue {
  if (parts.some(({ kind }) => kind !== 'text'))
    throw new UnsayableError(`the result of ${name} has an image, and ${api} takes texts only`)
  const texts = textsOf(parts)
  const [only, ...more] = texts
  return more.length === 0 ? (only?.text ?? '') : texts.map(({ text }) => ({ type: 'text', text }))
}

/** @throws {UnsayableError} if a system message stands among the others, which this API does not have */
export function noSystemWithin(messages: readonly Said[], api: string): void {
  if (messages.some(({ role }) => role === 'system'))
    throw new UnsayableError(`a system message stands among the others, which ${api} does not have`)
}

/** @throws {UnsayableError} if the model is to go on from the beginning of an answer */
export function noPrefill(messages: readonly Said[], api: string): void {
  if (messages.at(-1)?.role === 'assistant')
    throw new UnsayableError(`it gives the beginning of the answer, which ${api} does not have`)
}

/** @throws {UnsayableError} if more than one answer is asked for */
export function oneAnswer({ n = 1 }: Settings, api: string): void {
  if (n > 1) throw new UnsayableError(`it asks for ${n} answers, and ${api} gives one`)
}

const NAMES: Readonly<Record<keyof Settings, string>> = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  seed: 'seed',
  n: 'n',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
}

/**
 * Writes the settings under an API's own names.
 * @param names the setting's name there; a setting that is not named is left out
 */
export function writeSettings(
  asking: Asking,
  names: Partial<Readonly<Record<keyof Settings, string>>>,
): { readonly fields: Record<string, JsonValue>; readonly left: readonly string[] } {
  const fields: Record<string, JsonValue> = {}
  const left: string[] = []
  for (const [key, value] of Object.entries(asking.settings)) {
    const name = names[key as keyof Settings]
    if (name !== undefined) fields[name] = value as JsonValue
    else if (key !== 'n') left.push(NAMES[key as keyof Settings])
  }
  return { fields, left: [...asking.left, ...left] }
}

/** Sent to an API that does not take a schema without a name. */
export const formatName = (name: string | undefined): string => name ?? 'answer'

/** A body without the fields that are absent. */
export const bodyOf = (fields: Readonly<Record<string, JsonValue | undefined>>): JsonValue =>
  defined({ ...fields }) as JsonValue

export const listOrNothing = (list: readonly JsonValue[]): readonly JsonValue[] | undefined =>
  list.length === 0 ? undefined : list
