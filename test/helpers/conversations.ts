import type { JsonValue } from '../../src/providers/json/json.ts'

/** The same request as four APIs write it, from their references. */
export interface Spoken {
  readonly chat: JsonValue
  readonly responses: JsonValue
  readonly anthropic: JsonValue
  readonly gemini: JsonValue
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'JVBERi0xLjQKJUVPRgo='
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
}
const TOOL = { name: 'get_weather', description: 'The weather of a city.' }
const call = (id: string, city: string) => ({ id, city })
const CALLS = [call('call_a', 'Oslo'), call('call_b', 'Paris')]

const tools: Spoken = {
  chat: [{ type: 'function', function: { ...TOOL, parameters: SCHEMA } }],
  responses: [{ type: 'function', ...TOOL, parameters: SCHEMA, strict: false }],
  anthropic: [{ ...TOOL, input_schema: SCHEMA }],
  gemini: [{ functionDeclarations: [{ ...TOOL, parametersJsonSchema: SCHEMA }] }],
}

/** What each API can say, by name. */
export const CONVERSATIONS: Readonly<Record<string, Spoken>> = {
  'text, with a system prompt and earlier turns': {
    chat: {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'The capital of France?' },
        { role: 'assistant', content: 'Paris.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And of' },
            { type: 'text', text: 'Italy?' },
          ],
        },
      ],
      temperature: 0.5,
      max_tokens: 100,
    },
    responses: {
      model: 'm',
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'The capital of France?' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Paris.' }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'And of' },
            { type: 'input_text', text: 'Italy?' },
          ],
        },
      ],
      temperature: 0.5,
      max_output_tokens: 100,
    },
    anthropic: {
      model: 'm',
      max_tokens: 100,
      temperature: 0.5,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'The capital of France?' },
        { role: 'assistant', content: 'Paris.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And of' },
            { type: 'text', text: 'Italy?' },
          ],
        },
      ],
    },
    gemini: {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'The capital of France?' }] },
        { role: 'model', parts: [{ text: 'Paris.' }] },
        { role: 'user', parts: [{ text: 'And of' }, { text: 'Italy?' }] },
      ],
      generationConfig: { temperature: 0.5, maxOutputTokens: 100 },
    },
  },
  'tools, and the choice of one': {
    chat: {
      model: 'm',
      messages: [{ role: 'user', content: 'The weather?' }],
      tools: tools.chat,
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    },
    responses: {
      model: 'm',
      input: 'The weather?',
      tools: tools.responses,
      tool_choice: { type: 'function', name: 'get_weather' },
    },
    anthropic: {
      model: 'm',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'The weather?' }],
      tools: tools.anthropic,
      tool_choice: { type: 'tool', name: 'get_weather' },
    },
    gemini: {
      contents: [{ role: 'user', parts: [{ text: 'The weather?' }] }],
      tools: tools.gemini,
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['get_weather'] } },
    },
  },
  'two calls at once and their results': {
    chat: {
      model: 'm',
      messages: [
        { role: 'user', content: 'Where is it warmer?' },
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: CALLS.map(({ id, city }) => ({
            id,
            type: 'function',
            function: { name: 'get_weather', arguments: `{"city":"${city}"}` },
          })),
        },
        { role: 'tool', tool_call_id: 'call_b', content: '{"degrees":20}' },
        { role: 'tool', tool_call_id: 'call_a', content: '{"degrees":3}' },
      ],
      tools: tools.chat,
    },
    responses: {
      model: 'm',
      input: [
        { role: 'user', content: 'Where is it warmer?' },
        { role: 'assistant', content: 'I look.' },
        ...CALLS.map(({ id, city }) => ({
          type: 'function_call',
          call_id: id,
          name: 'get_weather',
          arguments: `{"city":"${city}"}`,
        })),
        { type: 'function_call_output', call_id: 'call_b', output: '{"degrees":20}' },
        { type: 'function_call_output', call_id: 'call_a', output: '{"degrees":3}' },
      ],
      tools: tools.responses,
    },
    anthropic: {
      model: 'm',
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Where is it warmer?' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            ...CALLS.map(({ id, city }) => ({ type: 'tool_use', id, name: 'get_weather', input: { city } })),
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_b', content: '{"degrees":20}' },
            { type: 'tool_result', tool_use_id: 'call_a', content: '{"degrees":3}' },
          ],
        },
      ],
      tools: tools.anthropic,
    },
    gemini: {
      contents: [
        { role: 'user', parts: [{ text: 'Where is it warmer?' }] },
        {
          role: 'model',
          parts: [
            { text: 'I look.' },
            ...CALLS.map(({ id, city }) => ({ functionCall: { id, name: 'get_weather', args: { city } } })),
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'call_b', name: 'get_weather', response: { degrees: 20 } } },
            { functionResponse: { id: 'call_a', name: 'get_weather', response: { degrees: 3 } } },
          ],
        },
      ],
      tools: tools.gemini,
    },
  },
  'an image in the request, and one by its URL': {
    chat: {
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } },
          ],
        },
      ],
    },
    responses: {
      model: 'm',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is it?' },
            { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
            { type: 'input_image', image_url: 'https://example.com/cat.png', detail: 'auto' },
          ],
        },
      ],
    },
    anthropic: {
      model: 'm',
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/cat.png' } },
          ],
        },
      ],
    },
    gemini: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is it?' },
            { inlineData: { mimeType: 'image/png', data: PNG } },
            { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/cat.png' } },
          ],
        },
      ],
    },
  },
  'structured output': {
    chat: {
      model: 'm',
      messages: [{ role: 'user', content: 'Plan a trip.' }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA } },
    },
    responses: {
      model: 'm',
      input: 'Plan a trip.',
      text: { format: { type: 'json_schema', name: 'answer', schema: SCHEMA, strict: false } },
    },
    anthropic: {
      model: 'm',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Plan a trip.' }],
      output_config: { format: { type: 'json_schema', schema: SCHEMA } },
    },
    gemini: {
      contents: [{ role: 'user', parts: [{ text: 'Plan a trip.' }] }],
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
    },
  },
  'a document': {
    chat: {
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Sum it up.' },
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
          ],
        },
      ],
    },
    responses: {
      model: 'm',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Sum it up.' },
            { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
          ],
        },
      ],
    },
    anthropic: {
      model: 'm',
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Sum it up.' },
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: PDF },
            },
          ],
        },
      ],
    },
    gemini: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'Sum it up.' },
            { inlineData: { mimeType: 'application/pdf', data: PDF, displayName: 'a.pdf' } },
          ],
        },
      ],
    },
  },
}
