import { anthropic, cohere, type Case, checkAll, history, openai } from '../../support.ts'

describe('openai-chat: reasoning', () => {
  const thought = (fields: object) => openai(history({ role: 'assistant', content: 'y', ...fields }))
  checkAll([
    [
      'reasoning_content and reasoning',
      'same',
      thought({ reasoning_content: 't' }),
      thought({ reasoning: 't' }),
    ],
    [
      'reasoning and the details beside it',
      'same',
      thought({ reasoning: 't' }),
      thought({
        reasoning: 't',
        reasoning_details: [{ type: 'reasoning.text', text: 't', signature: 's', id: 'i' }],
      }),
    ],
    [
      'details alone',
      'same',
      thought({ reasoning: 't' }),
      thought({ reasoning_details: [{ type: 'reasoning.text', text: 't', signature: 's' }] }),
    ],
    [
      'the summary of details',
      'same',
      thought({ reasoning: 't' }),
      thought({ reasoning_details: [{ type: 'reasoning.summary', summary: 't' }] }),
    ],
    [
      'encrypted details',
      'same',
      thought({}),
      thought({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }),
    ],
    [
      'an empty reasoning_content lets the next spelling speak',
      'same',
      thought({ reasoning_content: '', reasoning: 't' }),
      thought({ reasoning: 't' }),
    ],
    [
      'thinking chunks of Mistral, several',
      'different',
      openai(
        history({
          role: 'assistant',
          content: [
            {
              type: 'thinking',
              thinking: [
                { type: 'text', text: 'a' },
                { type: 'text', text: 'b' },
              ],
            },
          ],
        }),
      ),
      openai(
        history({
          role: 'assistant',
          content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'ab' }] }],
        }),
      ),
    ],
    [
      'tool_plan of Cohere',
      'semantic',
      cohere(history({ role: 'assistant', tool_plan: 't', content: 'y' })),
      thought({ reasoning_content: 't' }),
    ],
    [
      'reasoning_effort in upper case',
      'same',
      openai({ reasoning_effort: 'LOW' }),
      openai({ reasoning_effort: 'low' }),
    ],
    [
      'the rest of OpenRouter reasoning',
      'different',
      openai({ reasoning: { effort: 'low', exclude: true } }),
      openai({ reasoning_effort: 'low' }),
    ],
    [
      'reasoning_format of Groq',
      'same',
      openai({ reasoning_format: 'raw' }),
      openai({ reasoning: { format: 'raw' } }),
    ],
    [
      'include_reasoning',
      'same',
      openai({ include_reasoning: false }),
      openai({ reasoning: { include: false } }),
    ],
    [
      'prompt_mode of Mistral',
      'same',
      openai({ prompt_mode: 'reasoning' }),
      openai({ reasoning: { mode: 'reasoning' } }),
    ],
    [
      'enable_thinking and thinking',
      'same',
      openai({ enable_thinking: true }),
      openai({ thinking: { type: 'enabled' } }),
    ],
    [
      'enable_thinking: false and disabled',
      'same',
      openai({ enable_thinking: false }),
      openai({ thinking: { type: 'disabled' } }),
    ],
    ['thinking disabled is not absent', 'different', openai({ thinking: { type: 'disabled' } }), openai({})],
    [
      'chat_template_kwargs.enable_thinking',
      'same',
      openai({ chat_template_kwargs: { enable_thinking: true } }),
      openai({ enable_thinking: true }),
    ],
    [
      'effort does not become a budget',
      'different',
      openai({ reasoning_effort: 'high' }),
      anthropic({ thinking: { type: 'enabled', budget_tokens: 1024 } }),
    ],
    [
      'documents ride on messages',
      'different',
      openai({ documents: [{ text: 'a' }] }),
      openai({ documents: [{ text: 'b' }] }),
    ],
  ] satisfies Case[])
})

describe('openai-chat: formats and settings', () => {
  const select = [
    'model',
    'messages',
    'response_format',
    'max_tokens',
    'temperature',
    'stop',
    'seed',
    'n',
    'verbosity',
  ]
  const format = (response_format: unknown) => openai({ response_format })
  const wrapped = {
    type: 'json_schema',
    json_schema: { name: 'n', schema: { type: 'object', required: ['b', 'a'] } },
  }
  checkAll([
    ['response_format text', 'same', format({ type: 'text' }), openai({})],
    ['response_format is in the default list', 'different', format({ type: 'json_object' }), openai({})],
    [
      'strict: false of a format',
      'same',
      format(wrapped),
      format({ ...wrapped, json_schema: { ...wrapped.json_schema, strict: false } }),
    ],
    [
      'the order of required in a format',
      'same',
      format(wrapped),
      format({ ...wrapped, json_schema: { name: 'n', schema: { required: ['a', 'b'], type: 'object' } } }),
    ],
    [
      'a name of a format',
      'different',
      format(wrapped),
      format({ ...wrapped, json_schema: { ...wrapped.json_schema, name: 'm' } }),
    ],
    [
      'json_object with a schema, as Together and Cohere write it',
      'same',
      format({ type: 'json_object', schema: { type: 'object', title: 'x' } }),
      format({ type: 'json_schema', json_schema: { schema: { type: 'object', title: 'x' } } }),
    ],
    [
      'a grammar',
      'different',
      format({ type: 'regex', pattern: 'a' }),
      format({ type: 'regex', pattern: 'b' }),
    ],
    [
      'max_completion_tokens',
      'same',
      openai({ max_completion_tokens: 5 }),
      openai({ max_tokens: 5 }),
      select,
    ],
    [
      '1 and 1.0',
      'same',
      {
        ...openai({}),
        body: '{"model":"gpt","messages":[{"role":"user","content":"hi"}],"temperature":1.0}',
      },
      openai({ temperature: 1 }),
      select,
    ],
    [
      'stop sequences in any order',
      'same',
      openai({ stop: ['a', 'b'] }),
      openai({ stop: ['b', 'a'] }),
      select,
    ],
    ['random_seed', 'same', openai({ random_seed: 5 }), openai({ seed: 5 }), select],
    ['temperature 1 is not absent', 'different', openai({ temperature: 1 }), openai({}), select],
    [
      'sampling is outside of the default list',
      'same',
      openai({ temperature: 1, top_p: 1, seed: 1, n: 1, logprobs: false, verbosity: 'low', max_tokens: 1 }),
      openai({}),
    ],
    ...(
      [
        [{ n: 2 }, {}],
        [{ n: 2 }, { n: 3 }],
        [{ logprobs: true }, { logprobs: false }],
        [
          { logprobs: true, top_logprobs: 2 },
          { logprobs: true, top_logprobs: 3 },
        ],
        [{ modalities: ['text', 'audio'], audio: { voice: 'a' } }, {}],
        [
          { modalities: ['audio', 'text'], audio: { voice: 'a' } },
          { modalities: ['audio', 'text'], audio: { voice: 'b' } },
        ],
        [{ stream: true, stream_options: { include_usage: true } }, { stream: true }],
      ] as const
    ).flatMap(([a, b]): Case[] => [
      [
        `the form of the answer counts: ${JSON.stringify([a, b])}`,
        'semantic',
        openai({ ...a }),
        openai({ ...b }),
      ],
      [
        `the form of the answer counts with a list, too: ${JSON.stringify([a, b])}`,
        'semantic',
        openai({ ...a }),
        openai({ ...b }),
        ['messages'],
      ],
    ]),
    [
      'the default form of the answer',
      'same',
      openai({ n: 1, modalities: ['text'], stream_options: { include_usage: false }, top_logprobs: 0 }),
      openai({ stream_options: {} }),
    ],
    [
      'the order of modalities',
      'same',
      openai({ modalities: ['text', 'audio'] }),
      openai({ modalities: ['audio', 'text'] }),
    ],
    ['stream is not in the semantic key', 'semantic', openai({ stream: true }), openai({})],
    ['stream: null', 'same', openai({ stream: null }), openai({})],
  ] satisfies Case[])
})
