import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { InferenceClient } from '@huggingface/inference'
import { ChatOpenAI } from '@langchain/openai'
import { Mistral } from '@mistralai/mistralai'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { generateText, streamText } from 'ai'
import { CohereClientV2 } from 'cohere-ai'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { errorView } from '../view.ts'
import { aborting } from './aborting.ts'
import type { Call, Dialect, Feature, FidelityClient, View } from '../types.ts'

const KEY = 'sk-test-key'
const prompt = 'Say hello.'
const messages = [{ role: 'user' as const, content: prompt }]
const openaiBody = { model: 'gpt-5-mini', messages }

const SDK_LACKS: Partial<Record<Feature, string>> = {
  method: 'an SDK sends its own requests',
  headers: 'an SDK sends its own requests',
  large: 'an SDK wants its own JSON',
  huge: 'an SDK wants its own JSON',
  unix: 'an SDK has a base URL',
  userinfo: 'an SDK has a base URL',
  'raw-path': 'an SDK has a base URL',
}

/** Makes one call of an SDK. @returns the complete answer, or a stream */
type Ask = (call: Call, signal: AbortSignal) => Promise<unknown>

const sdk = (
  name: string,
  dialect: Dialect,
  ask: Ask,
  lacks: Partial<Record<Feature, string>> = {},
): FidelityClient => ({
  name,
  family: 'SDKs',
  dialect,
  lacks: { ...SDK_LACKS, ...lacks },
  send: (call) => viaSdk(call, ask),
})

/** Removes everything that differs between runs: generated ids and times. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      ['$metadata', 'response_metadata', 'lc_kwargs', 'timestamp', 'date', 'request'].includes(key)
        ? undefined
        : item instanceof Uint8Array
          ? Buffer.from(item).toString('base64')
          : item,
    ) ?? 'null',
  ) as unknown

async function viaSdk(call: Call, ask: Ask): Promise<View> {
  const { controller } = aborting(call)
  const signal = call.timeoutMs ? AbortSignal.timeout(call.timeoutMs) : controller.signal
  const heard: unknown[] = []
  try {
    const answer = await ask(call, signal)
    if (call.abort === 'at-head') controller.abort()
    if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer))
      return { result: plain(answer) }
    for await (const event of answer as AsyncIterable<unknown>) {
      heard.push(plain(event))
      if (call.abort === 'in-body') controller.abort()
    }
    return { result: heard }
  } catch (error) {
    const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
    const http = status ?? statusCode
    return {
      ...(typeof http === 'number' ? { status: http } : {}),
      ...(heard.length > 0 ? { result: heard } : {}),
      error: errorView(error),
    }
  }
}

async function viaBedrock(call: Call, signal: AbortSignal): Promise<unknown> {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: call.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  })
  const input = {
    modelId: 'anthropic.claude',
    messages: [{ role: 'user' as const, content: [{ text: prompt }] }],
  }
  if (!call.streaming) return client.send(new ConverseCommand(input), { abortSignal: signal })
  const { stream } = await client.send(new ConverseStreamCommand(input), { abortSignal: signal })
  return stream
}

async function viaAi(
  model: Parameters<typeof generateText>[0]['model'],
  call: Call,
  signal: AbortSignal,
): Promise<unknown> {
  const options = { model, prompt, abortSignal: signal, maxRetries: 0 }
  if (!call.streaming) return (await generateText(options)).text
  return told(options)
}

/** This stream reports its errors to a callback instead of throwing them. */
async function* told(options: Parameters<typeof streamText>[0]): AsyncGenerator<string> {
  let failure: unknown
  yield* streamText({ ...options, onError: ({ error }) => void (failure = error) }).textStream
  if (failure) throw failure instanceof Error ? failure : new Error(JSON.stringify(failure))
}

export const SDK_CLIENTS: readonly FidelityClient[] = [
  sdk('openai', 'openai', (call, signal) => {
    const client = new OpenAI({ apiKey: KEY, baseURL: `${call.url}/v1`, maxRetries: 0 })
    const body = { ...openaiBody, stream: call.streaming ?? false }
    return client.chat.completions.create(body as typeof openaiBody, { signal })
  }),
  sdk('@anthropic-ai/sdk', 'anthropic', (call, signal) => {
    const client = new Anthropic({ apiKey: KEY, baseURL: call.url, maxRetries: 0 })
    const body = { model: 'claude-sonnet-5', messages, max_tokens: 9, stream: call.streaming ?? false }
    return client.messages.create(body as never, { signal })
  }),
  sdk('@google/genai', 'gemini', (call, abortSignal) => {
    const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: call.url } })
    const request = { model: 'gemini-3', contents: prompt, config: { abortSignal } }
    return call.streaming
      ? client.models.generateContentStream(request)
      : client.models.generateContent(request).then(({ candidates }) => candidates)
  }),
  sdk('@mistralai/mistralai', 'mistral', (call, signal) => {
    const client = new Mistral({ apiKey: KEY, serverURL: call.url, retryConfig: { strategy: 'none' } })
    const request = { model: 'mistral-large', messages }
    const options = { fetchOptions: { signal } }
    return call.streaming ? client.chat.stream(request, options) : client.chat.complete(request, options)
  }),
  sdk('cohere-ai', 'cohere', (call, abortSignal) => {
    // If a request fails, its timeout keeps running, for five minutes by default. So the timeout is short here.
    const settings = { token: KEY, environment: call.url, maxRetries: 0, timeoutInSeconds: 30 }
    const client = new CohereClientV2(settings)
    const options = { abortSignal, maxRetries: 0 }
    const request = { model: 'command-a', messages }
    return call.streaming ? client.chatStream(request, options) : client.chat(request, options)
  }),
  sdk('groq-sdk', 'openai', (call, signal) => {
    const client = new Groq({ apiKey: KEY, baseURL: call.url, maxRetries: 0 })
    const body = { ...openaiBody, stream: call.streaming ?? false }
    return client.chat.completions.create(body as typeof openaiBody, { signal })
  }),
  sdk('ai, @ai-sdk/openai', 'openai', (call, signal) =>
    viaAi(createOpenAI({ apiKey: KEY, baseURL: `${call.url}/v1` }).chat('gpt-5-mini'), call, signal),
  ),
  sdk('ai, @ai-sdk/anthropic', 'anthropic', (call, signal) =>
    viaAi(createAnthropic({ apiKey: KEY, baseURL: `${call.url}/v1` })('claude-sonnet-5'), call, signal),
  ),
  sdk('@langchain/openai', 'openai', async (call, signal) => {
    const configuration = { baseURL: `${call.url}/v1` }
    const model = new ChatOpenAI({ model: 'gpt-5-mini', apiKey: KEY, maxRetries: 0, configuration })
    if (!call.streaming) return (await model.invoke(prompt, { signal })).content
    const stream = await model.stream(prompt, { signal })
    return stream.pipeThrough(new TransformStream({ transform: (part, to) => to.enqueue(part.content) }))
  }),
  sdk('@huggingface/inference', 'openai', (call, signal) => {
    const client = new InferenceClient(KEY, { endpointUrl: call.url, retry_on_error: false })
    if (!call.streaming) return client.chatCompletion(openaiBody, { signal })
    return Promise.resolve(client.chatCompletionStream(openaiBody, { signal }))
  }),
  sdk(
    'ollama',
    'ollama',
    (call, signal) => {
      const client = new Ollama({
        host: call.url,
        // The client's own abort() would end all of its requests.
        fetch: (input, init) => fetch(input, { ...init, signal }),
      })
      const request = { model: 'llama', messages }
      return call.streaming ? client.chat({ ...request, stream: true }) : client.chat(request)
    },
    {},
  ),
  sdk('@aws-sdk/client-bedrock-runtime, HTTP/1', 'bedrock', viaBedrock),
]
