import { defined } from '../base/defined.ts'
import type { DigestChoice } from '../drift/types.ts'
import { UnsayableError } from '../errors/unsayable-error.ts'
import { saidBy } from '../library/facts.ts'
import { writeAsking } from '../migration/convert.ts'
import { askingOf } from '../migration/entry-asking.ts'
import { isObject, type JsonValue } from '../providers/json/json.ts'
import type { ExportedEntry, Exporter } from './exporter.ts'

/**
 * A line for each conversation, as OpenAI takes them for fine-tuning: `{"messages": [...], "tools": [...]}`, the recorded answer as
 * the last message.
 * @see https://platform.openai.com/docs/guides/supervised-fine-tuning
 */
export const jsonl: Exporter = {
  summary: 'conversations for fine-tuning or an evaluation, in the messages of OpenAI, a line each',
  *text(entries, skip) {
    for (const one of entries) {
      try {
        const line = lineOf(one)
        if (line !== undefined) yield `${JSON.stringify(line)}\n`
      } catch (error) {
        if (!(error instanceof UnsayableError)) throw error
        skip(one, error.message)
      }
    }
  },
}

/** `undefined`: it asks no model for an answer. */
function lineOf({ earlier, entry }: ExportedEntry): JsonValue | undefined {
  const said = saidBy(entry)
  if (said.canonical.op !== 'chat') return undefined
  const choice = said.digest?.ok === true ? said.digest.choices[0] : undefined
  if (choice === undefined) throw new UnsayableError('the recorded answer is an error')
  if (choice.truncated || said.interaction.incomplete === true)
    throw new UnsayableError('the recorded answer is cut off')
  const { body } = writeAsking(askingOf(said, earlier), 'openai-chat', '')
  const { messages, parallel_tool_calls, tools } = isObject(body) ? body : {}
  const asked = Array.isArray(messages) ? (messages as JsonValue[]) : []
  return { messages: [...asked, answerOf(choice)], ...defined({ tools, parallel_tool_calls }) }
}

function answerOf({ refusal, text, tool_calls: calls }: DigestChoice): JsonValue {
  const said = refusal ?? text
  return {
    role: 'assistant',
    ...(said === '' && calls.length > 0 ? {} : { content: said }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call, at) => ({
            id: `answer_${at + 1}`,
            type: 'function',
            function: {
              name: call.name,
              arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
            },
          })),
        }),
  }
}
