import { type Case, checkAll, history, openai, paths, responses, USER } from '../../support.ts'
import assert from 'node:assert/strict'
import { canonicalize } from '../../../../src/matching.ts'

const input = (...items: unknown[]) => responses({ input: [USER, ...items] })
const call = (id: string, more: object = {}) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
})
const output = (id: string, value: unknown = 'ok') => ({
  type: 'function_call_output',
  call_id: id,
  output: value,
})
const said = (value: string, more: object = {}) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: value, annotations: [] }],
  ...more,
})
const thought = (value: string) => ({
  type: 'reasoning',
  id: 'r',
  summary: value === '' ? [] : [{ type: 'summary_text', text: value }],
  encrypted_content: 'e',
})

describe('openai-responses: items', () => {
  checkAll([
    [
      'a string and a message item',
      'same',
      responses({ input: 'hi' }),
      responses({
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
      }),
    ],
    [
      'instructions and a developer item',
      'same',
      responses({ input: [USER], instructions: 's' }),
      responses({ input: [{ role: 'developer', content: 's' }, USER] }),
    ],
    [
      'ids and status of items',
      'same',
      input(said('y', { id: 'msg_1', status: 'completed' })),
      input(said('y')),
    ],
    [
      'a run of items is one message',
      'semantic',
      input(thought('t'), said('y'), call('a')),
      openai(
        history({
          role: 'assistant',
          reasoning_content: 't',
          content: 'y',
          tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }],
        }),
      ),
    ],
    ['two messages in one run', 'different', input(said('a'), said('b')), input(said('ab'))],
    [
      'messages of different phases are not grouped',
      'different',
      input(said('a', { phase: 'commentary' }), said('b', { phase: 'final_answer' })),
      input(said('a', { phase: 'commentary' }), said('b', { phase: 'commentary' })),
    ],
    ['a phase counts', 'different', input(said('a', { phase: 'commentary' })), input(said('a'))],
    [
      'a reasoning item that says nothing',
      'same',
      input(thought(''), call('a'), output('a')),
      input(call('a'), output('a')),
    ],
    ['a reasoning item that says nothing, alone', 'same', input(thought('')), input()],
    [
      'readable content of reasoning',
      'different',
      input({ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'a' }] }),
      input({ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'b' }] }),
    ],
    [
      'call ids',
      'same',
      input(call('a', { id: 'fc_1', status: 'completed' }), output('a')),
      input(call('b'), output('b')),
    ],
    [
      'an output as parts',
      'same',
      input(call('a'), output('a', [{ type: 'input_text', text: 'ok' }])),
      input(call('a'), output('a')),
    ],
    [
      'a custom tool',
      'different',
      input(
        { type: 'custom_tool_call', call_id: 'a', name: 'c', input: 'x' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'o' },
      ),
      input(
        { type: 'custom_tool_call', call_id: 'a', name: 'c', input: 'y' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'o' },
      ),
    ],
    [
      'the id of an item_reference is its content',
      'different',
      input({ type: 'item_reference', id: 'a' }),
      input({ type: 'item_reference', id: 'b' }),
    ],
    ['an id alone refers', 'same', input({ id: 'a' }), input({ type: 'item_reference', id: 'a' })],
    [
      'an id beside a null type refers',
      'same',
      input({ id: 'a', type: null }),
      input({ type: 'item_reference', id: 'a' }),
    ],
    ['an id alone is the content', 'different', input({ id: 'a' }), input({ id: 'b' })],
    [
      'a null type beside a role is none',
      'same',
      input({ type: null, role: 'user', content: 'x' }),
      input({ role: 'user', content: 'x' }),
    ],
    [
      "an assistant's null type is none",
      'same',
      input({ type: null, role: 'assistant', content: 'x', id: 'msg_1' }),
      input(said('x')),
    ],
    [
      'the id of compaction',
      'same',
      input({ type: 'compaction', id: 'a', encrypted_content: 'x' }),
      input({ type: 'compaction', id: 'b', encrypted_content: 'x' }),
    ],
    [
      'the call id of a computer',
      'same',
      input(
        { type: 'computer_call', id: 'i', call_id: 'a', action: { type: 'click' } },
        { type: 'computer_call_output', call_id: 'a', output: { type: 'computer_screenshot', file_id: 'f' } },
      ),
      input(
        { type: 'computer_call', id: 'j', call_id: 'b', action: { type: 'click' } },
        { type: 'computer_call_output', call_id: 'b', output: { type: 'computer_screenshot', file_id: 'f' } },
      ),
    ],
    [
      'which approval was given',
      'different',
      input(
        { type: 'mcp_approval_request', id: 'a', name: 'x' },
        { type: 'mcp_approval_request', id: 'b', name: 'y' },
        { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
      ),
      input(
        { type: 'mcp_approval_request', id: 'a', name: 'x' },
        { type: 'mcp_approval_request', id: 'b', name: 'y' },
        { type: 'mcp_approval_response', approval_request_id: 'b', approve: true },
      ),
    ],
    [
      'the ids of approvals',
      'same',
      input(
        { type: 'mcp_approval_request', id: 'a', name: 'x' },
        { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
      ),
      input(
        { type: 'mcp_approval_request', id: 'b', name: 'x' },
        { type: 'mcp_approval_response', approval_request_id: 'b', approve: true },
      ),
    ],
    [
      'a container id of a built-in tool stays',
      'different',
      input({ type: 'code_interpreter_call', id: 'i', code: 'c', container_id: 'a' }),
      input({ type: 'code_interpreter_call', id: 'i', code: 'c', container_id: 'b' }),
    ],
    [
      'outputs: null',
      'same',
      input({ type: 'code_interpreter_call', code: 'c', outputs: null }),
      input({ type: 'code_interpreter_call', code: 'c' }),
    ],
    [
      'an empty list of input and a stored prompt',
      'different',
      responses({ input: [], prompt: { id: 'p' } }),
      responses({ input: [], prompt: { id: 'q' } }),
    ],
  ] satisfies Case[])

  it('puts reasoning, text and calls of one turn into one assistant message', () => {
    const { messages } = canonicalize(input(thought('t'), said('y'), call('a'), output('a'), said('z')))
    assert.deepEqual(messages, [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 't' },
          { type: 'text', text: 'y' },
        ],
        tool_calls: [{ id: 'call_1', name: 'f', arguments: {} }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
      { role: 'assistant', content: 'z' },
    ])
  })

  it('marks the place of a call if text follows it', () => {
    const { messages } = canonicalize(input(said('a'), call('x'), said('b'), call('y')))
    assert.deepEqual(messages, [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'tool_call', id: 'call_1' },
          { type: 'text', text: 'b' },
        ],
        tool_calls: [
          { id: 'call_1', name: 'f', arguments: {} },
          { id: 'call_2', name: 'f', arguments: {} },
        ],
      },
    ])
  })
})

describe('openai-responses: fields', () => {
  const hi = (fields: object) => responses({ input: 'hi', ...fields })
  checkAll([
    [
      'reasoning.effort and its summary',
      'different',
      hi({ reasoning: { effort: 'low', summary: 'auto' } }),
      hi({ reasoning: { effort: 'low' } }),
    ],
    [
      'generate_summary',
      'same',
      hi({ reasoning: { generate_summary: 'auto' } }),
      hi({ reasoning: { summary: 'auto' } }),
    ],
    ['an empty reasoning', 'same', hi({ reasoning: { effort: null, summary: null } }), hi({})],
    ['text.format text', 'same', hi({ text: { format: { type: 'text' } } }), hi({})],
    ['text.format counts', 'different', hi({ text: { format: { type: 'json_object' } } }), hi({})],
    [
      'a stored prompt',
      'different',
      hi({ prompt: { id: 'p', variables: { a: '1' } } }),
      hi({ prompt: { id: 'p', variables: { a: '2' } } }),
    ],
    ['background', 'semantic', hi({ background: true }), hi({})],
    ['background: false', 'same', hi({ background: false }), hi({})],
    [
      'max_output_tokens selected',
      'different',
      hi({ max_output_tokens: 1 }),
      hi({ max_output_tokens: 2 }),
      ['messages', 'max_tokens'],
    ],
    [
      'a built-in tool chosen',
      'different',
      hi({ tool_choice: { type: 'file_search' } }),
      hi({ tool_choice: { type: 'web_search' } }),
    ],
    [
      'nulls of the SDK',
      'same',
      hi({ previous_response_id: null, conversation: null, prompt: null, text: null }),
      hi({}),
    ],
    [
      'an unknown field can be selected',
      'different',
      hi({ max_tool_calls: 1 }),
      hi({ max_tool_calls: 2 }),
      ['messages', 'max_tool_calls'],
    ],
    [
      'a gateway in front',
      'semantic',
      hi({}),
      responses({ input: 'hi' }, 'http://localhost:8787/openai/responses'),
    ],
  ] satisfies Case[])

  it('names the changed part of an item', () => {
    assert.deepEqual(paths(input(call('a'), output('a', '1')), input(call('b'), output('b', '2'))), [
      'messages[2].content',
    ])
  })
})
