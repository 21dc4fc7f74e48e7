import { anthropic, type Case, checkAll, history, openai, post, USER } from '../support.ts'

const INPUT = { a: 1 }
const use = (id: string, input: unknown = INPUT, more: object = {}) => ({
  type: 'tool_use',
  id,
  name: 'f',
  input,
  ...more,
})
const result = (id: string, content: unknown = 'ok', more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
})
const said = (...content: unknown[]) => ({ role: 'assistant', content })
const turn = (...content: unknown[]) => ({ role: 'user', content })
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more })
const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }

describe('anthropic: messages and system', () => {
  checkAll([
    ['a system string and a block', 'same', anthropic({ system: 's' }), anthropic({ system: [text('s')] })],
    [
      'a system string and a leading system message',
      'same',
      anthropic({ system: 's' }),
      anthropic({ messages: [{ role: 'system', content: 's' }, USER] }),
    ],
    [
      'system comes before leading system messages',
      'same',
      anthropic({ system: 'a', messages: [{ role: 'system', content: 'b' }, USER] }),
      anthropic({ system: [text('a'), text('b')] }),
    ],
    [
      'cache_control anywhere',
      'same',
      anthropic({
        system: [text('s', { cache_control: {} })],
        messages: [turn(text('hi', { cache_control: { type: 'ephemeral' } }))],
        cache_control: {},
      }),
      anthropic({ system: 's' }),
    ],
    [
      'citations: null and echoed citations of a text',
      'same',
      anthropic(history(said(text('y', { citations: null })))),
      anthropic(history(said(text('y', { citations: [{ cited_text: 'x', encrypted_index: 'q' }] })))),
    ],
    [
      'a thinking block without text',
      'same',
      anthropic(history(said({ type: 'thinking', thinking: '', signature: 's' }, text('y')))),
      anthropic(history(said(text('y')))),
    ],
    [
      'thinking and reasoning_content',
      'semantic',
      anthropic(history(said({ type: 'thinking', thinking: 't', signature: 's' }, text('y')))),
      openai(history({ role: 'assistant', reasoning_content: 't', content: 'y' })),
    ],
    [
      'a compaction block by its blob',
      'different',
      anthropic(history(said({ type: 'compaction', content: 'c', encrypted_content: 'x' }))),
      anthropic(history(said({ type: 'compaction', content: 'c', encrypted_content: 'y' }))),
    ],
    [
      'the signature of a compaction block',
      'same',
      anthropic(history(said({ type: 'compaction', content: 'c', signature: 'x' }))),
      anthropic(history(said({ type: 'compaction', content: 'c', signature: 'y' }))),
    ],
    [
      'another thread on the server',
      'different',
      anthropic({ thread: { type: 'continue', id: 'a' } }),
      anthropic({ thread: { type: 'continue', id: 'b' } }),
    ],
  ] satisfies Case[])
})

describe('anthropic: tools, calls and results', () => {
  const flow = (...content: unknown[]) => anthropic(history(said(use('a'), use('b')), turn(...content)))
  const named = { name: 'f', input_schema: { type: 'object' } }
  checkAll([
    [
      'one turn of results and text, and separate turns',
      'same',
      flow(result('a'), result('b'), text('go')),
      anthropic(history(said(use('a'), use('b')), turn(result('a')), turn(result('b')), turn(text('go')))),
    ],
    [
      'results in any order',
      'same',
      flow(result('a', '1'), result('b', '2')),
      flow(result('b', '2'), result('a', '1')),
    ],
    [
      'text before the results',
      'different',
      flow(text('go'), result('a'), result('b')),
      flow(result('a'), result('b'), text('go')),
    ],
    [
      'is_error',
      'different',
      flow(result('a', 'ok', { is_error: true }), result('b')),
      flow(result('a'), result('b')),
    ],
    [
      'a result without content',
      'same',
      flow(result('a', null), result('b')),
      flow(result('a', ''), result('b')),
    ],
    [
      'a result as blocks',
      'same',
      flow(result('a', [text('ok')]), result('b')),
      flow(result('a'), result('b')),
    ],
    [
      'caller direct',
      'same',
      anthropic(history(said(use('a', {}, { caller: { type: 'direct' } })))),
      anthropic(history(said(use('a', {})))),
    ],
    [
      'a caller that is a server tool, by its kind only',
      'same',
      anthropic(
        history(said(use('a', {}, { caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' } }))),
      ),
      anthropic(
        history(said(use('a', {}, { caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_2' } }))),
      ),
    ],
    [
      'called by a server tool or directly',
      'different',
      anthropic(history(said(use('a', {}, { caller: { type: 'code_execution_20250825', tool_id: 'x' } })))),
      anthropic(history(said(use('a', {})))),
    ],
    [
      'text after a call is not text before it',
      'different',
      anthropic(history(said(text('x'), use('a')))),
      anthropic(history(said(use('a'), text('x')))),
    ],
    [
      'text before a call and OpenAI',
      'semantic',
      anthropic(history(said(text('x'), use('a')))),
      openai(history({ role: 'assistant', content: 'x', tool_calls: [call] })),
    ],
    [
      'text between two calls',
      'different',
      anthropic(history(said(use('a'), text('x'), use('b')))),
      anthropic(history(said(use('a'), use('b'), text('x')))),
    ],
    [
      'empty text after a call',
      'same',
      anthropic(history(said(use('a'), text('')))),
      anthropic(history(said(use('a')))),
    ],
    [
      'two server tools swapped between their results',
      'different',
      anthropic(
        history(
          said(
            { type: 'server_tool_use', id: 's1', name: 'w', input: { q: 1 } },
            { type: 'server_tool_use', id: 's2', name: 'w', input: { q: 2 } },
            { type: 'web_search_tool_result', tool_use_id: 's1', content: [] },
          ),
        ),
      ),
      anthropic(
        history(
          said(
            { type: 'server_tool_use', id: 's1', name: 'w', input: { q: 1 } },
            { type: 'server_tool_use', id: 's2', name: 'w', input: { q: 2 } },
            { type: 'web_search_tool_result', tool_use_id: 's2', content: [] },
          ),
        ),
      ),
    ],
    [
      'ids of MCP calls',
      'same',
      anthropic(
        history(
          said(
            { type: 'mcp_tool_use', id: 'm1', name: 'w', server_name: 's', input: {} },
            { type: 'mcp_tool_result', tool_use_id: 'm1', content: [] },
          ),
        ),
      ),
      anthropic(
        history(
          said(
            { type: 'mcp_tool_use', id: 'm9', name: 'w', server_name: 's', input: {} },
            { type: 'mcp_tool_result', tool_use_id: 'm9', content: [] },
          ),
        ),
      ),
    ],
    [
      'null in the input of a server tool is data',
      'different',
      anthropic(history(said({ type: 'server_tool_use', id: 's', name: 'w', input: { q: null } }))),
      anthropic(history(said({ type: 'server_tool_use', id: 's', name: 'w', input: {} }))),
    ],
    [
      'a search result',
      'different',
      anthropic({
        messages: [turn({ type: 'search_result', source: 's', title: 't', content: [text('a')] })],
      }),
      anthropic({
        messages: [turn({ type: 'search_result', source: 's', title: 't', content: [text('b')] })],
      }),
    ],
    [
      'a container upload by its file',
      'different',
      anthropic({ messages: [turn({ type: 'container_upload', file_id: 'a' })] }),
      anthropic({ messages: [turn({ type: 'container_upload', file_id: 'b' })] }),
    ],
    [
      'tool_choice none',
      'different',
      anthropic({ tools: [named], tool_choice: { type: 'none' } }),
      anthropic({ tools: [named] }),
    ],
    [
      'disable_parallel_tool_use: false',
      'same',
      anthropic({ tools: [named], tool_choice: { type: 'auto', disable_parallel_tool_use: false } }),
      anthropic({ tools: [named] }),
    ],
    [
      'a built-in tool is not the function of its name',
      'different',
      anthropic({ tools: [{ type: 'bash_20250124', name: 'f' }] }),
      anthropic({ tools: [named] }),
    ],
    [
      'configuration of a built-in tool',
      'different',
      anthropic({ tools: [{ type: 'web_search_20250305', name: 'w', max_uses: 1 }] }),
      anthropic({ tools: [{ type: 'web_search_20250305', name: 'w', max_uses: 2 }] }),
    ],
    [
      'null and empty configuration',
      'same',
      anthropic({ tools: [{ type: 'web_search_20250305', name: 'w', max_uses: null, allowed_domains: [] }] }),
      anthropic({ tools: [{ type: 'web_search_20250305', name: 'w' }] }),
    ],
    [
      'input_examples are data',
      'different',
      anthropic({ tools: [{ ...named, input_examples: [{ a: null }] }] }),
      anthropic({ tools: [{ ...named, input_examples: [{}] }] }),
    ],
    [
      'eager_input_streaming',
      'same',
      anthropic({ tools: [{ ...named, eager_input_streaming: true }] }),
      anthropic({ tools: [named] }),
    ],
    [
      'an MCP server',
      'different',
      anthropic({ mcp_servers: [{ type: 'url', name: 's', url: 'https://a.example' }] }),
      anthropic({ mcp_servers: [{ type: 'url', name: 's', url: 'https://b.example' }] }),
    ],
  ] satisfies Case[])
})

describe('anthropic: settings, operations and other hosts', () => {
  const vertex = (path: string, body: object) =>
    post(
      `https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/${path}`,
      { anthropic_version: 'vertex-2023-10-16', messages: [USER], ...body },
    )
  const count = { ...anthropic({}), url: 'https://api.anthropic.com/v1/messages/count_tokens' }
  checkAll([
    [
      'output_config.effort and reasoning_effort',
      'semantic',
      anthropic({ output_config: { effort: 'low' } }),
      openai({ reasoning_effort: 'low' }),
    ],
    [
      'output_config.format and output_format',
      'same',
      anthropic({ output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } }),
      anthropic({ output_format: { type: 'json_schema', schema: { type: 'object' } } }),
    ],
    [
      'the rest of output_config is selectable',
      'different',
      anthropic({ output_config: { task_budget: 1 } }),
      anthropic({ output_config: { task_budget: 2 } }),
      ['messages', 'output_config'],
    ],
    ['thinking disabled', 'different', anthropic({ thinking: { type: 'disabled' } }), anthropic({})],
    ['counting tokens', 'different', anthropic({}), count],
    [
      'counting tokens, another model',
      'semantic',
      count,
      { ...anthropic({ model: 'other' }), url: count.url },
    ],
    [
      'betas in any order',
      'same',
      anthropic({}, { 'anthropic-beta': 'b,a' }),
      anthropic({}, { 'anthropic-beta': 'a, b' }),
      ['messages', 'betas'],
    ],
    [
      'betas in header and body',
      'same',
      anthropic({}, { 'anthropic-beta': 'a' }),
      anthropic({ anthropic_beta: ['a'] }),
      ['messages', 'betas'],
    ],
    [
      'Vertex: version of the wire format',
      'same',
      vertex('claude@1:rawPredict', {}),
      vertex('claude@1:rawPredict', { anthropic_version: 'vertex-2030-01-01' }),
    ],
    [
      'Vertex: the model of the URL',
      'semantic',
      vertex('claude@1:rawPredict', {}),
      vertex('claude@2:rawPredict', {}),
    ],
    [
      'Vertex: streaming',
      'semantic',
      vertex('claude@1:rawPredict', {}),
      vertex('claude@1:streamRawPredict', { stream: true }),
    ],
    ['Vertex: Mistral', 'semantic', vertex('x:rawPredict', {}), openai({})],
  ] satisfies Case[])
})
