import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources'

/** Stands for a real key. The demo shows that it never reaches the cassette. */
export const API_KEY = 'sk-demo-5f1c7a90be2d48'

/** One conversation of the program under test. */
export interface Conversation {
  readonly client: 'openai' | 'anthropic'
  readonly what: string
  /** Calls `onToken` with each piece of a stream when it arrives. Resolves with the text that the user reads. */
  readonly run: (onToken: (text: string) => void) => Promise<string>
}

/** The program under test: a small travel assistant. It does not know cassette. */
export function travelAssistant(url: string): Conversation[] {
  const openai = new OpenAI({ apiKey: API_KEY, baseURL: `${url}/v1` })
  const anthropic = new Anthropic({ apiKey: API_KEY, baseURL: url })
  return [
    { client: 'openai', what: 'chat completion', run: () => bestCapital(openai, 'sunset') },
    { client: 'openai', what: 'chat completion, streamed', run: (onToken) => dayPlan(openai, onToken) },
    { client: 'openai', what: 'tool call (two requests)', run: () => packingAdvice(openai) },
    { client: 'anthropic', what: 'message, streamed', run: (onToken) => haiku(anthropic, onToken) },
  ]
}

export async function bestCapital(openai: OpenAI, moment: string): Promise<string> {
  const completion = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [
      { role: 'system', content: 'You are a travel assistant. One sentence.' },
      { role: 'user', content: `Which European capital is best at ${moment}?` },
    ],
  })
  return completion.choices[0]?.message.content ?? ''
}

async function dayPlan(openai: OpenAI, onToken: (text: string) => void): Promise<string> {
  const stream = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    stream: true,
    messages: [{ role: 'user', content: 'One day in Lisbon, in one sentence.' }],
  })
  let text = ''
  for await (const chunk of stream) {
    const token = chunk.choices[0]?.delta.content ?? ''
    onToken(token)
    text += token
  }
  return text
}

const FORECAST: ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'get_forecast',
    parameters: { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string' } } },
  },
}

async function packingAdvice(openai: OpenAI): Promise<string> {
  const messages: ChatCompletionMessageParam[] = [
    { role: 'user', content: 'Do I need a coat in Lisbon tomorrow?' },
  ]
  const ask = { model: 'gpt-5-mini', tools: [FORECAST] }
  const first = await openai.chat.completions.create({ ...ask, messages })
  const asked = first.choices[0]?.message
  if (!asked?.tool_calls) return asked?.content ?? ''
  const results = asked.tool_calls.map(
    ({ id }) => ({ role: 'tool', tool_call_id: id, content: '{"celsius":19,"sky":"clear"}' }) as const,
  )
  const second = await openai.chat.completions.create({ ...ask, messages: [...messages, asked, ...results] })
  return second.choices[0]?.message.content ?? ''
}

async function haiku(anthropic: Anthropic, onToken: (text: string) => void): Promise<string> {
  const stream = anthropic.messages.stream({
    model: 'claude-sonnet-5',
    max_tokens: 64,
    messages: [{ role: 'user', content: 'A haiku about Lisbon.' }],
  })
  stream.on('text', onToken)
  return stream.finalText()
}
