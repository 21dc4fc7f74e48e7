import Groq from 'groq-sdk'
import { bodyOf } from '../../helpers/exchange-files.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'

export const groq: Driver = {
  name: 'groq',
  accepts: ({ request }) => request.url.startsWith('https://api.groq.com/openai/v1/chat/completions'),
  send: (exchange, base) => {
    const tap = tapFetch()
    const client = new Groq({ apiKey: KEYS.groq, baseURL: base, maxRetries: 0, fetch: tap.fetch })
    return outcomeOf(tap.responses, async () =>
      client.chat.completions.create(JSON.parse(bodyOf(exchange.request).toString()) as never),
    )
  },
}
