import assert from 'node:assert/strict'
import { canonicalize, differences, fingerprint } from '../../src/matching.ts'
import type { MatchOptions, MatchRequest } from '../../src/matching.ts'

export type Body = NonNullable<MatchRequest['body']>

/** `same`: both keys are equal. `semantic`: only the semantic key is. `different`: neither is. */
export type Expected = 'same' | 'semantic' | 'different'

export type Case = readonly [
  title: string,
  expected: Expected,
  a: MatchRequest,
  b: MatchRequest,
  matchOn?: readonly string[],
]

export const post = (url: string, body: Body, headers: Record<string, string> = {}): MatchRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

type Fields = Readonly<Record<string, unknown>>
const json = (fields: Fields): Body => fields as unknown as Body

export const USER = { role: 'user', content: 'hi' } as const

export const openai = (fields: Fields, url = 'https://api.openai.com/v1/chat/completions'): MatchRequest =>
  post(url, json({ model: 'gpt', messages: [USER], ...fields }))

export const responses = (fields: Fields, url = 'https://api.openai.com/v1/responses'): MatchRequest =>
  post(url, json({ model: 'gpt', ...fields }))

export const anthropic = (fields: Fields, headers: Record<string, string> = {}): MatchRequest =>
  post(
    'https://api.anthropic.com/v1/messages',
    json({ model: 'claude', max_tokens: 9, messages: [USER], ...fields }),
    headers,
  )

const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/models/'

export const gemini = (fields: Fields, path = 'gemini-pro:generateContent'): MatchRequest =>
  post(GEMINI + path, json({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...fields }))

export const converse = (fields: Fields, path = 'nova/converse'): MatchRequest =>
  post(
    `https://bedrock-runtime.us-east-1.amazonaws.com/model/${path}`,
    json({ messages: [{ role: 'user', content: [{ text: 'hi' }] }], ...fields }),
  )

export const cohere = (fields: Fields): MatchRequest =>
  post(
    'https://api.cohere.com/v2/chat',
    json({ model: 'command', messages: [USER], stream: false, ...fields }),
  )

export const ollama = (fields: Fields, path = 'chat'): MatchRequest =>
  post(
    `http://localhost:11434/api/${path}`,
    json({ model: 'llama', ...(path === 'chat' ? { messages: [USER] } : {}), ...fields }),
  )

/** A user turn, and an assistant turn before it. */
export const history = (...turns: readonly unknown[]): Fields => ({ messages: [USER, ...turns] })

export function check([title, expected, a, b, matchOn]: Case): void {
  const options: MatchOptions = matchOn === undefined ? {} : { matchOn }
  it(`${title}: ${expected}`, () => {
    const left = fingerprint(a, options)
    const right = fingerprint(b, options)
    const found = differences(a, b, options)
    const actual =
      left.matchKey === right.matchKey
        ? 'same'
        : left.semanticKey === right.semanticKey
          ? 'semantic'
          : 'different'
    assert.equal(
      actual,
      expected,
      JSON.stringify({ found, a: canonicalize(a, options), b: canonicalize(b, options) }, null, 1),
    )
    if (actual === 'same') assert.equal(left.semanticKey, right.semanticKey)
    assert.equal(found.length === 0, actual === 'same', 'differences and keys agree')
  })
}

export function checkAll(cases: readonly Case[]): void {
  for (const entry of cases) check(entry)
}

export const paths = (
  recorded: MatchRequest,
  incoming: MatchRequest,
  matchOn?: readonly string[],
): string[] =>
  differences(recorded, incoming, matchOn === undefined ? {} : { matchOn }).map(({ path }) => path)
