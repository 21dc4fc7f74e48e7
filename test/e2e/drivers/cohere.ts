import { CohereClient, CohereClientV2 } from 'cohere-ai'
import { bodyOf } from '../../helpers/exchange-files.ts'
import { camelCased } from '../camel-case.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'

export const cohere: Driver = {
  name: 'cohere',
  accepts: ({ request }) => request.url.startsWith('https://api.cohere.com/'),
  send: (exchange, base) => {
    const tap = tapFetch()
    const options = { token: KEYS.cohere, baseUrl: base, maxRetries: 0, fetch: tap.fetch }
    const body = camelCased(JSON.parse(bodyOf(exchange.request).toString())) as never
    return outcomeOf(tap.responses, async () => {
      if (exchange.request.url.endsWith('/tokenize')) return new CohereClient(options).tokenize(body)
      const client = new CohereClientV2(options)
      return exchange.request.url.endsWith('/embed') ? client.embed(body) : client.chat(body)
    })
  },
}
