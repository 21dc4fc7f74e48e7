import type { AnswerReader } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { recordsOf } from '../reading/received.ts'

/** Any other HTTP response: its JSON, its text, the events of its stream, or the hash of its bytes. */
export const plain: AnswerReader = {
  apis: ['generic', 'plain', 'none', 'binary'],
  read(received) {
    const choice = new ChoiceBuilder()
    choice.truncated = received.incomplete
    if (received.form === 'empty') return { choices: received.incomplete ? [choice] : [] }
    // JSON that parses is whole.
    if (received.form === 'json') return { choices: [], body: received.json }
    if (received.form === 'text') {
      choice.text = received.text
      choice.truncated ||= received.broken
      return { choices: [choice] }
    }
    if (received.form === 'bytes') {
      choice.addMedia(received.type, received.bytes)
      return { choices: [choice] }
    }
    const cut = received.form === 'stream' && received.cut
    choice.truncated ||= cut
    return { choices: choice.truncated ? [choice] : [], body: recordsOf(received) }
  },
}
