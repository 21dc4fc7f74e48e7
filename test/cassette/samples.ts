import { toInteraction } from '../../src/cassette/convert.ts'
import type { Interaction, StoredMatch } from '../../src/cassette/interaction.ts'
import { interactionText } from '../../src/cassette/interaction-text.ts'
import type { Exchange, HeaderPairs } from '../../src/exchange/exchange.ts'

export const RECORDED_AT = '2026-11-21T08:00:00.000Z'

export function sampleMatch(seed: string): StoredMatch {
  const digits = Buffer.from(seed).toString('hex').padEnd(64, 'a').slice(0, 64)
  return {
    key: digits,
    semantic_key: digits.split('').toReversed().join(''),
    on: ['*'],
    api: 'openai-chat',
    v: 1,
  }
}

/** A chat completion with this prompt, answered by an event stream. */
export function sampleExchange(prompt: string): Exchange {
  const events = [
    ...prompt.split(' ').map((word) => JSON.stringify({ choices: [{ delta: { content: word } }] })),
    '[DONE]',
  ]
  return {
    recordedAt: RECORDED_AT,
    request: {
      method: 'POST',
      url: 'https://api.openai.com/v1/chat/completions',
      headers: [['content-type', 'application/json']],
      body: Buffer.from(
        JSON.stringify({ model: 'gpt-5-mini', stream: true, messages: [{ role: 'user', content: prompt }] }),
      ),
    },
    response: {
      status: 200,
      headers: [['Content-Type', 'text/event-stream']],
      delayMs: 0,
      chunks: events.map((data) => ({ data: Buffer.from(`data: ${data}\n\n`), delayMs: 0 })),
    },
  }
}

export function sampleInteraction(prompt: string): Interaction {
  const match = sampleMatch(prompt)
  return toInteraction(sampleExchange(prompt), match, match.key.slice(0, 16))
}

export function textExchange(
  text: string,
  headers: HeaderPairs = [['content-type', 'text/plain']],
): Exchange {
  return {
    recordedAt: RECORDED_AT,
    request: { method: 'GET', url: 'https://example.test/text', headers: [], body: null },
    response: { status: 200, headers, delayMs: 0, chunks: [{ data: Buffer.from(text), delayMs: 0 }] },
  }
}

export function sampleText(prompt: string): string {
  return interactionText(sampleInteraction(prompt))
}

export function sampleFile(...prompts: string[]): string {
  return `version: 1\ninteractions:\n${prompts.map(sampleText).join('')}`
}
