import { type Case, checkAll, cohere, history, openai, USER } from '../support.ts'

describe('cohere-chat', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  const flow = (id: string, content: unknown) =>
    cohere(
      history(
        { role: 'assistant', tool_calls: [{ ...call, id }] },
        { role: 'tool', tool_call_id: id, content },
      ),
    )
  checkAll([
    [
      'a conversation and OpenAI',
      'semantic',
      cohere({ messages: [{ role: 'system', content: 's' }, USER] }),
      openai({ messages: [{ role: 'system', content: 's' }, USER] }),
    ],
    ['call ids', 'same', flow('a', 'ok'), flow('b', 'ok')],
    [
      'a result as documents',
      'different',
      flow('a', [{ type: 'document', document: { id: '1', data: { text: 'x' } } }]),
      flow('a', [{ type: 'document', document: { id: '1', data: { text: 'y' } } }]),
    ],
    [
      "the user's fields of a document",
      'different',
      flow('a', [{ type: 'document', document: { data: { signature: 'x' } } }]),
      flow('a', [{ type: 'document', document: { data: { signature: 'y' } } }]),
    ],
    [
      'citations of an earlier answer',
      'same',
      cohere(history({ role: 'assistant', content: 'y', citations: [{ text: 'y' }] })),
      cohere(history({ role: 'assistant', content: 'y' })),
    ],
    ['tool_choice NONE', 'different', cohere({ tool_choice: 'NONE' }), cohere({})],
    [
      'tool_choice REQUIRED and OpenAI',
      'semantic',
      cohere({ tool_choice: 'REQUIRED' }),
      openai({ tool_choice: 'required' }),
    ],
    [
      'a JSON schema and OpenAI',
      'semantic',
      cohere({ response_format: { type: 'json_object', json_schema: { type: 'object', title: 't' } } }),
      openai({
        response_format: { type: 'json_schema', json_schema: { schema: { type: 'object', title: 't' } } },
      }),
    ],
    ['k is top_k', 'different', cohere({ k: 1 }), cohere({ k: 2 }), ['messages', 'top_k']],
    ['k by its own name', 'different', cohere({ k: 1 }), cohere({ k: 2 }), ['messages', 'k']],
    [
      'stop_sequences',
      'same',
      cohere({ stop_sequences: ['a', 'b'] }),
      cohere({ stop_sequences: ['b', 'a'] }),
      ['messages', 'stop'],
    ],
    ['priority', 'same', cohere({ priority: 1 }), cohere({})],
    ['priority, named', 'different', cohere({ priority: 1 }), cohere({}), ['messages', 'priority']],
    [
      'safety_mode is selectable',
      'different',
      cohere({ safety_mode: 'OFF' }),
      cohere({}),
      ['messages', 'safety_mode'],
    ],
  ] satisfies Case[])
})
