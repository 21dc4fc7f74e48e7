import { type Case, checkAll, openai } from '../../support.ts'

const tool = (fields: object, outer: object = {}) => ({
  type: 'function',
  function: { name: 'f', ...fields },
  ...outer,
})

describe('openai-chat: tools and tool_choice', () => {
  const f = openai({ tools: [tool({})] })
  const choice = (tool_choice: unknown, more: object = {}) =>
    openai({ tools: [tool({}), tool({ name: 'g' })], tool_choice, ...more })
  const schema = (parameters: unknown) => openai({ tools: [tool({ parameters })] })
  checkAll([
    ['no parameters and {}', 'same', f, schema({})],
    ['no parameters and an object', 'same', f, schema({ type: 'object' })],
    [
      'no parameters and an object without properties',
      'same',
      f,
      schema({ type: 'object', properties: {}, required: [], $schema: 'x' }),
    ],
    ['no parameters and null', 'same', f, schema(null)],
    [
      'additionalProperties counts',
      'different',
      f,
      schema({ type: 'object', properties: {}, additionalProperties: false }),
    ],
    ['an empty description', 'same', f, openai({ tools: [tool({ description: '' })] })],
    ['strict: null', 'same', f, openai({ tools: [tool({ strict: null })] })],
    ['strict: true', 'different', f, openai({ tools: [tool({ strict: true })] })],
    [
      'the order of required',
      'same',
      schema({ type: 'object', required: ['a', 'b'] }),
      schema({ type: 'object', required: ['b', 'a'] }),
    ],
    [
      'the order of types',
      'same',
      schema({ type: 'object', properties: { a: { type: ['null', 'string'] } } }),
      schema({ type: 'object', properties: { a: { type: ['string', 'null'] } } }),
    ],
    [
      'an empty required deep inside',
      'same',
      schema({ type: 'object', properties: { a: { type: 'object', required: [] } } }),
      schema({ type: 'object', properties: { a: { type: 'object' } } }),
    ],
    [
      '$schema deep inside stays',
      'different',
      schema({ type: 'object', properties: { a: { $schema: 'x' } } }),
      schema({ type: 'object', properties: { a: {} } }),
    ],
    [
      'properties named required and type',
      'different',
      schema({ type: 'object', properties: { required: { enum: ['a', 'b'] }, type: {} } }),
      schema({ type: 'object', properties: { required: { enum: ['b', 'a'] }, type: {} } }),
    ],
    [
      'a property whose schema is an empty list stays',
      'different',
      schema({ type: 'object', properties: { required: [] } }),
      schema({ type: 'object', properties: { other: [] } }),
    ],
    ['a title', 'different', schema({ type: 'object', title: 'A' }), schema({ type: 'object' })],
    [
      'default: null is data',
      'different',
      schema({ type: 'object', properties: { a: { default: null } } }),
      schema({ type: 'object', properties: { a: {} } }),
    ],
    [
      'description: null in a schema',
      'same',
      schema({ type: 'object', properties: { a: { description: null } } }),
      schema({ type: 'object', properties: { a: {} } }),
    ],
    ['another field of a function', 'different', f, openai({ tools: [tool({ defer_loading: true })] })],
    [
      'cache_control on a tool',
      'same',
      f,
      openai({ tools: [tool({}, { cache_control: { type: 'ephemeral' } })] }),
    ],
    ['a tool without type, as Mistral takes it', 'same', f, openai({ tools: [{ function: { name: 'f' } }] })],
    [
      'a custom tool of Chat and of Responses',
      'same',
      openai({ tools: [{ type: 'custom', custom: { name: 'c', format: { type: 'text' } } }] }),
      openai({ tools: [{ type: 'custom', name: 'c', format: { type: 'text' } }] }),
    ],
    ['a tool_choice of any', 'same', choice('any'), choice('required')],
    ['an upper-case tool_choice', 'same', choice('REQUIRED'), choice('required')],
    ['none', 'different', choice('none'), choice('auto')],
    [
      'a named tool in three spellings',
      'same',
      choice({ type: 'function', function: { name: 'f' } }),
      choice({ type: 'tool', name: 'f' }),
    ],
    ['function_call: auto', 'same', openai({ functions: [{ name: 'f' }], function_call: 'auto' }), f],
    [
      'allowed tools in any order',
      'same',
      choice({
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [tool({}), tool({ name: 'g' })] },
      }),
      choice({
        type: 'allowed_tools',
        mode: 'auto',
        tools: [
          { type: 'function', name: 'g' },
          { type: 'function', name: 'f' },
        ],
      }),
    ],
    [
      'allowed tools, auto, are not auto',
      'different',
      choice({ type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] }),
      choice('auto'),
    ],
    [
      'parallel_tool_calls: false',
      'different',
      choice('auto', { parallel_tool_calls: false }),
      choice('auto'),
    ],
    [
      'web_search_options and the built-in tool',
      'same',
      openai({ web_search_options: { search_context_size: 'low' } }),
      openai({ tools: [{ type: 'web_search', search_context_size: 'low' }] }),
    ],
    [
      'a property called headers in a namespace of functions',
      'different',
      openai({
        tools: [
          {
            type: 'namespace',
            name: 'n',
            tools: [tool({ parameters: { type: 'object', properties: { headers: { type: 'string' } } } })],
          },
        ],
      }),
      openai({
        tools: [
          {
            type: 'namespace',
            name: 'n',
            tools: [tool({ parameters: { type: 'object', properties: { headers: { type: 'array' } } } })],
          },
        ],
      }),
    ],
  ] satisfies Case[])
})
