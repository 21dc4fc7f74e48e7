/**
 * Asks OpenAI and Anthropic with their own SDKs. It knows nothing of cassette: only the base URLs in the environment, which the
 * SDKs read by themselves. Prints what it heard, and how often each SDK asked.
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const QUESTION = process.argv[2] ?? 'Say hello.'
let requests = 0
const counting: typeof fetch = (...args) => {
  requests += 1
  return fetch(...args)
}

const openai = new OpenAI({ apiKey: 'sk-test', fetch: counting })
const anthropic = new Anthropic({ apiKey: 'sk-ant-test', fetch: counting })
const messages = [{ role: 'user' as const, content: QUESTION }]

const said = async (ask: () => Promise<string>): Promise<string> =>
  ask().catch((error: unknown) => `${(error as { status?: number }).status}: ${(error as Error).message}`)

const answers = [
  await said(async () => {
    const { choices } = await openai.chat.completions.create({ model: 'gpt-5-mini', messages })
    return choices[0]?.message.content ?? ''
  }),
  await said(async () => {
    const stream = await openai.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
    return text
  }),
  await said(async () => {
    const { content } = await anthropic.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 64,
      messages,
    })
    return content[0]?.type === 'text' ? content[0].text : ''
  }),
  await said(async () => {
    const stream = anthropic.messages.stream({ model: 'claude-sonnet-5', max_tokens: 64, messages })
    return stream.finalText()
  }),
]
process.stdout.write(JSON.stringify({ answers, requests }))
