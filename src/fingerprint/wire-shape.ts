import { isObject, own } from '../providers/json/json.ts'
import type { CanonicalRequest } from '../providers/types.ts'
import { isChat } from './operations.ts'

/** The path of the one option of a stream that adds an event to it. */
const INCLUDE_USAGE = 'stream_options.include_usage'

/**
 * The fields that change the form of a model's answer, as `stream` does, by their path: how many answers there are, whether
 * they have log probabilities, sound, or a last event with the usage. A default equals an absent field. They are part of every
 * match key, whatever `matchOn` says, and of no semantic key.
 */
export function wireShapeOf(canonical: CanonicalRequest): Readonly<Record<string, unknown>> {
  if (!isChat(canonical.op) && canonical.op !== 'completion') return {}
  const shape: Record<string, unknown> = {}
  const { n, logprobs, top_logprobs: top, modalities, stream_options: options } = canonical
  if (typeof n === 'number' && n > 1) shape['n'] = n
  // The older completions count them: 0 gives those of the chosen token.
  if (logprobs !== undefined && logprobs !== false && logprobs !== null) shape['logprobs'] = logprobs
  if (top !== undefined && top !== null && top !== 0) shape['top_logprobs'] = top
  const kinds = kindsOf(modalities)
  if (kinds.length > 0) shape['modalities'] = kinds
  if (kinds.includes('audio')) {
    for (const name of ['audio', 'speechConfig']) {
      const value = canonical[name]
      if (value !== undefined) shape[name] = value
    }
  }
  if (isObject(options) && own(options, 'include_usage') === true) shape[INCLUDE_USAGE] = true
  return shape
}

/** What an answer may be beside text, sorted. */
function kindsOf(modalities: unknown): string[] {
  if (!Array.isArray(modalities)) return []
  const kinds = modalities.map((one: unknown) => String(one).toLowerCase()).filter((one) => one !== 'text')
  return [...new Set(kinds)].toSorted()
}
