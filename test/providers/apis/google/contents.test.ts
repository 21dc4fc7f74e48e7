import { type Case, checkAll, gemini, openai } from '../../support.ts'

const ask = { role: 'user', parts: [{ text: 'hi' }] }
const flow = (...contents: unknown[]) => gemini({ contents: [ask, ...contents] })
const model = (...parts: unknown[]) => ({ role: 'model', parts })
const user = (...parts: unknown[]) => ({ role: 'user', parts })
const call = (name: string, args: object = {}, more: object = {}) => ({
  functionCall: { name, args, ...more },
})
const OK = { ok: true }
const response = (name: string, value: object = OK, more: object = {}) => ({
  functionResponse: { name, response: value, ...more },
})

describe('gemini: contents', () => {
  checkAll([
    [
      'both spellings of keys',
      'same',
      gemini({
        contents: [user({ inline_data: { mime_type: 'image/png', data: 'AAAA' } })],
        system_instruction: { parts: [{ text: 's' }] },
      }),
      gemini({
        contents: [user({ inlineData: { mimeType: 'image/png', data: 'AAAA' } })],
        systemInstruction: { parts: [{ text: 's' }] },
      }),
    ],
    [
      'a system instruction as string, parts, Content',
      'same',
      gemini({ systemInstruction: 's' }),
      gemini({ systemInstruction: { role: 'user', parts: [{ text: 's' }] } }),
    ],
    [
      'a system instruction as a list of parts',
      'same',
      gemini({ systemInstruction: [{ text: 's' }] }),
      gemini({ systemInstruction: { text: 's' } }),
    ],
    [
      "keys of arguments are the user's",
      'different',
      flow(model(call('f', { user_id: 1 }))),
      flow(model(call('f', { userId: 1 }))),
    ],
    [
      "keys of a response are the user's",
      'different',
      flow(model(call('f')), user(response('f', { user_id: 1 }))),
      flow(model(call('f')), user(response('f', { userId: 1 }))),
    ],
    [
      'null in a response is data',
      'different',
      flow(model(call('f')), user(response('f', { a: null }))),
      flow(model(call('f')), user(response('f', {}))),
    ],
    [
      'a wrapper of a response is not unwrapped',
      'different',
      flow(model(call('f')), user(response('f', { result: 1 }))),
      flow(model(call('f')), user(response('f', { output: 1 }))),
    ],
    [
      'the function role',
      'same',
      flow(model(call('f')), { role: 'function', parts: [response('f')] }),
      flow(model(call('f')), user(response('f'))),
    ],
    [
      'call ids',
      'same',
      flow(model(call('f', {}, { id: 'a' })), user(response('f', {}, { id: 'a' }))),
      flow(model(call('f', {}, { id: 'b' })), user(response('f', {}, { id: 'b' }))),
    ],
    [
      'an id on one side only',
      'same',
      flow(model(call('f')), user(response('f', { ok: true }, { id: 'a' }))),
      flow(model(call('f')), user(response('f'))),
    ],
    [
      'results of other functions',
      'different',
      flow(model(call('f'), call('g')), user(response('f', { a: 1 }), response('g', { a: 2 }))),
      flow(model(call('f'), call('g')), user(response('f', { a: 2 }), response('g', { a: 1 }))),
    ],
    [
      'results by name in any order',
      'same',
      flow(model(call('f'), call('g')), user(response('f', { a: 1 }), response('g', { a: 2 }))),
      flow(model(call('f'), call('g')), user(response('g', { a: 2 }), response('f', { a: 1 }))),
    ],
    [
      'a result nobody called keeps its name',
      'different',
      flow(user(response('f'))),
      flow(user(response('g'))),
    ],
    [
      'media in a result follow it',
      'different',
      flow(
        model(call('f')),
        user(response('f', {}, { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] })),
      ),
      flow(model(call('f')), user(response('f', {}))),
    ],
    [
      'thought signatures',
      'same',
      flow(model({ text: 'a', thoughtSignature: 'x' })),
      flow(model({ text: 'a', thought_signature: 'y' })),
    ],
    [
      'an empty text that carries a signature',
      'same',
      flow(model(call('f'), { text: '', thoughtSignature: 'x' })),
      flow(model(call('f'))),
    ],
    [
      'a thought',
      'semantic',
      flow(model({ text: 't', thought: true }, { text: 'y' })),
      openai({
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', reasoning_content: 't', content: 'y' },
        ],
      }),
    ],
    [
      'a thought is no text',
      'different',
      flow(model({ text: 't', thought: true })),
      flow(model({ text: 't' })),
    ],
    [
      'executed code',
      'different',
      flow(model({ executableCode: { language: 'PYTHON', code: 'a' } })),
      flow(model({ executableCode: { language: 'PYTHON', code: 'b' } })),
    ],
    [
      'ids of executed code',
      'same',
      flow(
        model({ executableCode: { id: 'a', code: 'a' } }, { codeExecutionResult: { id: 'a', output: '1' } }),
      ),
      flow(
        model(
          { executable_code: { id: 'b', code: 'a' } },
          { code_execution_result: { id: 'b', output: '1' } },
        ),
      ),
    ],
    [
      "a video's clip",
      'different',
      gemini({
        contents: [
          user({ fileData: { fileUri: 'u', mimeType: 'video/mp4' }, videoMetadata: { startOffset: '1s' } }),
        ],
      }),
      gemini({ contents: [user({ fileData: { fileUri: 'u', mimeType: 'video/mp4' } })] }),
    ],
    [
      "a file's URI is taken as it stands",
      'different',
      gemini({ contents: [user({ fileData: { fileUri: 'https://x/y?X-Goog-Signature=1' } })] }),
      gemini({ contents: [user({ fileData: { fileUri: 'https://x/y?X-Goog-Signature=2' } })] }),
    ],
    ['contents as text', 'same', gemini({ contents: 'hi' }), gemini({})],
    ['cached content', 'different', gemini({ cachedContent: 'a' }), gemini({ cachedContent: 'b' })],
    ['labels', 'same', gemini({ labels: { a: 'b' } }), gemini({})],
    [
      'safety settings are selectable',
      'different',
      gemini({ safetySettings: [{ category: 'A' }] }),
      gemini({ safety_settings: [{ category: 'B' }] }),
      ['messages', 'safetySettings'],
    ],
  ] satisfies Case[])
})
