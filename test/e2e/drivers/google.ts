import { GoogleGenAI } from '@google/genai'
import { bodyOf, type FixtureExchange } from '../../helpers/exchange-files.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'

const OPERATION =
  /\/(v1beta1?)\/(?:projects\/([^/]+)\/locations\/([^/]+)\/publishers\/google\/)?(?:models\/([^/:]+):(\w+)|(cachedContents)(?:\/(\w+))?)/

export const google: Driver = {
  name: 'google',
  accepts: ({ request }) =>
    OPERATION.test(new URL(request.url).pathname) && new URL(request.url).host.endsWith('.googleapis.com'),
  send: (exchange, base) => {
    const tap = tapFetch()
    const parts = OPERATION.exec(new URL(exchange.request.url).pathname)!
    const [, apiVersion = '', project, location] = parts
    const httpOptions = { baseUrl: base, apiVersion, fetch: tap.fetch }
    const client = new GoogleGenAI(
      project === undefined
        ? { apiKey: KEYS.google, httpOptions }
        : {
            vertexai: true,
            project,
            location: location!,
            googleAuthOptions: { authClient: signedIn },
            httpOptions,
          },
    )
    return outcomeOf(tap.responses, () => call(client, parts, exchange))
  },
}

/** Stands for an existing Google login. The client takes its headers from here. */
const signedIn = {
  getRequestHeaders: () => Promise.resolve(new Headers({ authorization: `Bearer ${KEYS.googleToken}` })),
} as never

/** Converts a body of the wire format to the SDK's parameters: everything but `contents` goes into `config`. */
async function call(
  client: GoogleGenAI,
  parts: RegExpExecArray,
  { request }: FixtureExchange,
): Promise<unknown> {
  const [, , , , model = '', operation, , cacheName] = parts
  if (request.method === 'DELETE') return client.caches.delete({ name: `cachedContents/${cacheName}` })
  const wire = JSON.parse(bodyOf(request).toString()) as Record<string, unknown>
  const { contents, generationConfig, model: cachedModel, ...rest } = wire
  const config = { ...(generationConfig as object | undefined), ...rest }
  switch (operation) {
    case 'generateContent':
      return client.models.generateContent({ model, contents, config } as never)
    case 'streamGenerateContent':
      return client.models.generateContentStream({ model, contents, config } as never)
    case 'countTokens':
      return client.models.countTokens({ model, contents } as never)
    case 'batchEmbedContents': {
      const requests = wire['requests'] as ReadonlyArray<Record<string, unknown>>
      const { content: _content, model: _model, ...embedding } = requests[0]!
      return client.models.embedContent({
        model,
        contents: requests.map(({ content }) => content),
        config: embedding,
      } as never)
    }
    case 'predict': {
      const [instance] = wire['instances'] as [{ content: string; task_type: string }]
      return client.models.embedContent({
        model,
        contents: instance.content,
        config: { taskType: instance.task_type },
      })
    }
    default:
      return client.caches.create({ model: cachedModel, config: { contents, ...rest } } as never)
  }
}
