import { type Case, checkAll, history, openai } from '../../support.ts'

const call = (id: string, name = 'f', args: unknown = '{"a":1}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const said = (...calls: unknown[]) => ({ role: 'assistant', content: null, tool_calls: calls })
const result = (id: string, content: unknown = 'ok') => ({ role: 'tool', tool_call_id: id, content })

describe('openai-chat: tool calls and results', () => {
  const two = said(call('a'), call('b', 'g'))
  checkAll([
    [
      'fresh ids',
      'same',
      openai(history(said(call('a')), result('a'))),
      openai(history(said(call('z')), result('z'))),
    ],
    [
      'an id used again in every turn',
      'same',
      openai(history(said(call('a')), result('a', '1'), said(call('a')), result('a', '2'))),
      openai(history(said(call('a')), result('a', '1'), said(call('b')), result('b', '2'))),
    ],
    [
      'parallel results in any order',
      'same',
      openai(history(two, result('a', '1'), result('b', '2'))),
      openai(history(two, result('b', '2'), result('a', '1'))),
    ],
    [
      'results swapped between calls',
      'different',
      openai(history(two, result('a', '1'), result('b', '2'))),
      openai(history(two, result('a', '2'), result('b', '1'))),
    ],
    [
      'order of calls',
      'different',
      openai(history(said(call('a'), call('b', 'g')))),
      openai(history(said(call('b', 'g'), call('a')))),
    ],
    [
      'results with one of no known call keep their order',
      'different',
      openai(history(two, result('x', '9'), result('b', '2'), result('a', '1'))),
      openai(history(two, result('x', '9'), result('a', '1'), result('b', '2'))),
    ],
    [
      'the name of a result of no known call',
      'different',
      openai(history({ ...result('x'), name: 'f' })),
      openai(history({ ...result('x'), name: 'g' })),
    ],
    [
      'the name of a result of a known call',
      'same',
      openai(history(said(call('a')), { ...result('a'), name: 'f' })),
      openai(history(said(call('a')), result('a'))),
    ],
    [
      'the id of a result of no known call',
      'same',
      openai(history(result('x'))),
      openai(history(result('y'))),
    ],
    [
      'spaces in arguments',
      'same',
      openai(history(said(call('a', 'f', '{ "a" : 1 }')))),
      openai(history(said(call('a')))),
    ],
    [
      'null in arguments is data',
      'different',
      openai(history(said(call('a', 'f', '{"a":1,"b":null}')))),
      openai(history(said(call('a')))),
    ],
    [
      'empty, null and {} arguments',
      'same',
      openai(history(said(call('a', 'f', '')))),
      openai(history(said(call('a', 'f', null)))),
    ],
    [
      'empty and {} arguments',
      'same',
      openai(history(said(call('a', 'f', '')))),
      openai(history(said(call('a', 'f', '{}')))),
    ],
    [
      'arguments that are no JSON count as text',
      'different',
      openai(history(said(call('a', 'f', '{"a":')))),
      openai(history(said(call('a', 'f', '{"a": ')))),
    ],
    [
      'arguments that are no object count as text',
      'different',
      openai(history(said(call('a', 'f', '[1]')))),
      openai(history(said(call('a', 'f', '[ 1]')))),
    ],
    [
      'big integers in arguments',
      'different',
      openai(history(said(call('a', 'f', '{"id":1234567890123456789}')))),
      openai(history(said(call('a', 'f', '{"id":1234567890123456788}')))),
    ],
    [
      'input of a custom tool stays text',
      'different',
      openai(history(said({ id: 'a', type: 'custom', custom: { name: 'c', input: '{"a":1}' } }))),
      openai(history(said({ id: 'a', type: 'custom', custom: { name: 'c', input: '{ "a":1}' } }))),
    ],
    [
      'a JSON result is text',
      'different',
      openai(history(said(call('a')), result('a', '{"a":1}'))),
      openai(history(said(call('a')), result('a', '{"a": 1}'))),
    ],
    [
      'a result as parts',
      'same',
      openai(history(said(call('a')), result('a', [{ type: 'text', text: 'ok' }]))),
      openai(history(said(call('a')), result('a'))),
    ],
    [
      'the index of a call, as Mistral echoes it',
      'same',
      openai(history(said({ ...call('a'), index: 0 }))),
      openai(history(said(call('a')))),
    ],
    [
      'thought signatures of Google in calls',
      'same',
      openai(history(said({ ...call('a'), extra_content: { google: { thought_signature: 'x' } } }))),
      openai(history(said(call('a')))),
    ],
    [
      'two calls to the function role, by name and order',
      'same',
      openai(
        history(
          { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
          { role: 'function', name: 'f', content: '1' },
        ),
      ),
      openai(history(said(call('a', 'f', '{}')), result('a', '1'))),
    ],
  ] satisfies Case[])
})
