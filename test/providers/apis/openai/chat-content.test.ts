import { type Case, checkAll, history, openai, USER } from '../../support.ts'

const parts = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] })
const text = { type: 'text', text: 'hi' }

describe('openai-chat: content', () => {
  checkAll([
    ['a string and one text part', 'same', openai({}), openai(parts(text))],
    [
      'two text parts and their joined text',
      'different',
      openai(parts(text, text)),
      openai(parts({ type: 'text', text: 'hihi' })),
    ],
    ['an empty text part', 'same', openai(parts(text)), openai(parts({ type: 'text', text: '' }, text))],
    [
      'a message without parts stays',
      'different',
      openai({ messages: [USER] }),
      openai({ messages: [USER, { role: 'user', content: [] }] }),
    ],
    [
      'no content and an empty list',
      'same',
      openai(history({ role: 'user' })),
      openai(history({ role: 'user', content: [] })),
    ],
    [
      'developer and system',
      'same',
      openai({ messages: [{ role: 'developer', content: 's' }, USER] }),
      openai({ messages: [{ role: 'system', content: 's' }, USER] }),
    ],
    [
      'two leading system messages are not joined',
      'different',
      openai({ messages: [{ role: 'system', content: 'a' }, { role: 'system', content: 'b' }, USER] }),
      openai({ messages: [{ role: 'system', content: 'ab' }, USER] }),
    ],
    [
      'two leading system messages and two blocks of one',
      'same',
      openai({ messages: [{ role: 'system', content: 'a' }, { role: 'developer', content: 'b' }, USER] }),
      openai({
        messages: [
          {
            role: 'system',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
          USER,
        ],
      }),
    ],
    [
      'a later system message is not hoisted',
      'different',
      openai({ messages: [USER, { role: 'system', content: 's' }] }),
      openai({ messages: [{ role: 'system', content: 's' }, USER] }),
    ],
    [
      'two messages of one role are not merged',
      'different',
      openai({ messages: [USER, USER] }),
      openai(parts(text, text)),
    ],
    [
      'an unknown field of a message counts',
      'different',
      openai(history({ role: 'assistant', content: 'x', partial: true })),
      openai(history({ role: 'assistant', content: 'x' })),
    ],
    [
      'an unknown field of a text part counts',
      'different',
      openai(parts({ ...text, language: 'de' })),
      openai(parts(text)),
    ],
    [
      'the name of a system message counts',
      'different',
      openai({ messages: [{ role: 'system', name: 'a', content: 's' }, USER] }),
      openai({ messages: [{ role: 'system', content: 's' }, USER] }),
    ],
    [
      'text is not trimmed',
      'different',
      openai({}),
      openai({ messages: [{ role: 'user', content: ' hi' }] }),
    ],
    [
      'an escape and its character',
      'same',
      { ...openai({}), body: '{"model":"gpt","messages":[{"role":"user","content":"\\u0068i"}]}' },
      openai({}),
    ],
    [
      'of a duplicate key the last counts',
      'same',
      { ...openai({}), body: '{"model":"x","model":"gpt","messages":[{"role":"user","content":"hi"}]}' },
      openai({}),
    ],
    [
      'a refusal as field and as part',
      'same',
      openai(history({ role: 'assistant', content: null, refusal: 'no' })),
      openai(history({ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] })),
    ],
    [
      'earlier audio by its id',
      'different',
      openai(history({ role: 'assistant', audio: { id: 'a' } })),
      openai(history({ role: 'assistant', audio: { id: 'b' } })),
    ],
    [
      'expiry of earlier audio',
      'same',
      openai(history({ role: 'assistant', audio: { id: 'a', expires_at: 1 } })),
      openai(history({ role: 'assistant', audio: { id: 'a' } })),
    ],
    [
      'Mistral prefix: false',
      'same',
      openai(history({ role: 'assistant', content: 'x', prefix: false })),
      openai(history({ role: 'assistant', content: 'x' })),
    ],
    [
      'Mistral prefix: true',
      'different',
      openai(history({ role: 'assistant', content: 'x', prefix: true })),
      openai(history({ role: 'assistant', content: 'x' })),
    ],
  ] satisfies Case[])
})
