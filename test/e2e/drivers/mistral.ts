import { Mistral } from '@mistralai/mistralai'
import { HTTPClient } from '@mistralai/mistralai/lib/http.js'
import { bodyOf } from '../../helpers/exchange-files.ts'
import { camelCased } from '../camel-case.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'

export const mistral: Driver = {
  name: 'mistral',
  accepts: ({ request }) => request.url.startsWith('https://api.mistral.ai/v1/chat/completions'),
  send: (exchange, base) => {
    const tap = tapFetch()
    const client = new Mistral({
      apiKey: KEYS.mistral,
      serverURL: base,
      retryConfig: { strategy: 'none' },
      httpClient: new HTTPClient({ fetcher: (input, init) => tap.fetch(input, init) }),
    })
    const body = camelCased(JSON.parse(bodyOf(exchange.request).toString())) as {
      stream?: boolean
      tools?: object[] | undefined
    }
    // The wire format has this default, but the SDK requires the value.
    body.tools = body.tools?.map((tool) => ({ type: 'function', ...tool }))
    return outcomeOf(tap.responses, async () =>
      body.stream === true ? client.chat.stream(body as never) : client.chat.complete(body as never),
    )
  },
}
