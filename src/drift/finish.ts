import type { Finish } from './types.ts'

const names = (finish: Finish, text: string): [string, Finish][] =>
  text.split(' ').map((name) => [name, finish])

const TABLE = new Map<string, Finish>([
  ...names('stop', 'stop end_turn stop_sequence STOP COMPLETE STOP_SEQUENCE completed eos eos_token'),
  ...names(
    'length',
    'length max_tokens MAX_TOKENS model_length max_output_tokens model_context_window_exceeded',
  ),
  ...names('tool_calls', 'tool_calls function_call tool_use TOOL_CALL'),
  ...names(
    'content_filter',
    'content_filter content_filtered guardrail_intervened SAFETY RECITATION BLOCKLIST',
  ),
  ...names('content_filter', 'PROHIBITED_CONTENT SPII LANGUAGE IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT'),
  ...names('content_filter', 'IMAGE_RECITATION'),
  ...names('pause', 'pause_turn compaction'),
  ...names('refusal', 'refusal'),
])

/** What every API's word for the end of an answer means. A word nobody knows is an error; no word is `null`. */
export function finishOf(reason: string | null | undefined): Finish {
  if (reason === null || reason === undefined || reason === '') return null
  return TABLE.get(reason) ?? 'error'
}

/** Whether an answer with this finish is one that a client can use. */
export const isGood = (finish: Finish): boolean => finish === 'stop' || finish === 'tool_calls'
export const isBad = (finish: Finish): boolean => finish !== null && !isGood(finish)
