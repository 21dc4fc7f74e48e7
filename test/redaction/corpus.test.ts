import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exchange, HeaderPairs } from '../../src/exchange/exchange.ts'
import { bytesOf, redactorOf } from './helpers.ts'

const CORPUS = '../shared/corpus/http'

interface Recorded {
  readonly source: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: HeaderPairs
    readonly bodyBase64: string
  }
  readonly response: { readonly status: number; readonly headers: HeaderPairs; readonly bodyBase64: string }
}

function load(): { readonly source: string; readonly exchange: Exchange }[] {
  return readdirSync(CORPUS)
    .flatMap((file) => readFileSync(join(CORPUS, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => {
      const { source, request, response } = JSON.parse(line) as Recorded
      const body = Buffer.from(response.bodyBase64, 'base64')
      const chunks = Array.from({ length: Math.ceil(body.length / 700) }, (_, index) => ({
        data: body.subarray(index * 700, index * 700 + 700),
        delayMs: 1,
      }))
      const exchange = {
        recordedAt: '2026-11-21T08:00:00.000Z',
        request: { ...request, body: Buffer.from(request.bodyBase64, 'base64') },
        response: { status: response.status, headers: response.headers, delayMs: 1, chunks },
      }
      return { source, exchange }
    })
}

/** The recorded exchanges whose bodies have a secret by its name: OAuth, an MCP tool, realtime secrets. */
const WITH_SECRETS = [
  'test_google_model_armor_prompt_template_text_gets_blocked.yaml#0',
  'test_openai_responses_model_mcp_server_tool_with_connector.yaml#0',
  'test_webrtc_sideband_text_turn.yaml#0',
  'test_create_client_secret.yaml#0',
]

describe('redaction of recorded provider traffic', () => {
  let recorded: ReturnType<typeof load>

  before('needs ../shared/corpus/http', function () {
    if (!existsSync(CORPUS)) this.skip()
    recorded = load()
  })

  it('changes no body except for the few that have secrets', () => {
    const redactor = redactorOf(undefined, { A_KEY: 'sk-not-in-any-of-these-0000' })
    const changed = recorded.filter(({ exchange }) => {
      const redacted = redactor.exchange(exchange)
      return (
        !bytesOf(redacted).equals(bytesOf(exchange)) ||
        !bytesOf(redacted.request).equals(bytesOf(exchange.request))
      )
    })
    assert.deepEqual(
      changed.map(({ source }) => source.split('/').at(-1)),
      WITH_SECRETS,
    )
  })

  it('finds a word of each answer if it is a secret, wherever it is split', () => {
    let found = 0
    for (const { source, exchange } of recorded) {
      const type =
        exchange.response?.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
      if (!/^text\/event-stream|ndjson|eventstream/.test(type)) continue
      const words = joinedTexts(bytesOf(exchange).toString()).match(/[A-Za-z]{3,} [a-z]{3,} [a-z]{3,}/g) ?? []
      for (const word of words.filter((_, index) => index % 20 === 0)) {
        const redacted = redactorOf(undefined, { A_SECRET: word }).exchange(exchange)
        assert.ok(!joinedTexts(bytesOf(redacted).toString()).includes(word), `${word} in ${source}`)
        assert.ok(!bytesOf(redacted).includes(word), `${word} in ${source}`)
        found += 1
      }
    }
    assert.ok(found >= 40, `${found} words`)
  })
})

/** The text that a client builds from a stream of OpenAI, Anthropic or Gemini events. */
function joinedTexts(body: string): string {
  const texts = new Map<string, string>()
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string') texts.set(path, (texts.get(path) ?? '') + value)
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`)
  }
  for (const [, data = ''] of body.matchAll(/^data: ?(\{.*\})\r?$/gm)) visit(JSON.parse(data), '')
  return [...texts.values()].join('\n')
}
