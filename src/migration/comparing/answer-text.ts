import type { Digest } from '../../drift/types.ts'
import { canonicalJson } from '../../providers/json/canonical-json.ts'

/** All that an answer says, as one text: its texts, its refusal, and its calls as JSON. */
export const answerText = ({ choices }: Digest): string =>
  choices
    .flatMap(({ text, refusal, tool_calls: calls }) => [
      text,
      refusal ?? '',
      ...calls.map((call) => `${call.name}(${canonicalJson(call.arguments)})`),
    ])
    .filter((one) => one !== '')
    .join('\n')
