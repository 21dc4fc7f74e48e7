import Anthropic, { toFile } from '@anthropic-ai/sdk'
import { bodyOf, type FixtureExchange } from '../../helpers/exchange-files.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'
import { formParts } from '../upload.ts'

export const anthropic: Driver = {
  name: 'anthropic',
  accepts: ({ request }) =>
    /^https?:\/\/(api\.anthropic\.com|localhost:8787\/anthropic)\/v1\//.test(request.url),
  send: (exchange, base) => {
    const tap = tapFetch()
    const gateway = new URL(exchange.request.url).pathname.startsWith('/anthropic/') ? '/anthropic' : ''
    const client = new Anthropic({
      apiKey: KEYS.anthropic,
      baseURL: base + gateway,
      maxRetries: 0,
      fetch: tap.fetch,
    })
    return outcomeOf(tap.responses, () => call(client, exchange))
  },
}

async function call(client: Anthropic, exchange: FixtureExchange): Promise<unknown> {
  const { request } = exchange
  const path = new URL(request.url).pathname
  if (request.method === 'DELETE') return client.beta.files.delete(path.split('/').at(-1) ?? '')
  if (path.endsWith('/files')) {
    const { content, filename, type } = formParts(exchange).get('file')!
    return client.beta.files.upload({ file: await toFile(content, filename, { type }) })
  }
  const body = JSON.parse(bodyOf(request).toString()) as never
  if (path.endsWith('/count_tokens')) return client.beta.messages.countTokens(body)
  // The SDK refuses long calls without streaming unless it has a time limit.
  return client.beta.messages.create(body, { timeout: 60_000 })
}
