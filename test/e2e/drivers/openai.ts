import OpenAI, { AzureOpenAI, toFile } from 'openai'
import { bodyOf, type FixtureExchange } from '../../helpers/exchange-files.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'
import { formParts } from '../upload.ts'

/** The path under which each host serves the OpenAI API, before `/chat/completions` and the like. */
const PREFIXES: Readonly<Record<string, string>> = {
  'api.openai.com': '/v1',
  'api.cerebras.ai': '/v1',
  'api.deepseek.com': '',
  'api.inference.crusoecloud.com': '/v1',
  'api.z.ai': '/api/paas/v4',
  'bedrock-mantle.us-east-1.api.aws': '/openai/v1',
  'demo-endpoints.pydantic.workers.dev': '/bin/content-type/application/json',
  'localhost:8787': '/openai',
  'myorg-myaccount.snowflakecomputing.com': '/api/v2/cortex/v1',
  'ollama.com': '/v1',
  'openrouter.ai': '/api/v1',
  'router.huggingface.co': '/together/v1',
}

export const openai: Driver = {
  name: 'openai',
  accepts: (exchange) => {
    const url = new URL(exchange.request.url)
    const prefix = PREFIXES[url.host]
    return prefix !== undefined && url.pathname.startsWith(`${prefix}/`) && operation(exchange) !== undefined
  },
  send: (exchange, base) => {
    const tap = tapFetch()
    const client = new OpenAI({
      apiKey: KEYS.openai,
      organization: KEYS.openaiOrganization,
      project: KEYS.openaiProject,
      baseURL: base + (PREFIXES[new URL(exchange.request.url).host] ?? ''),
      maxRetries: 0,
      fetch: tap.fetch,
    })
    return outcomeOf(tap.responses, () => operation(exchange)!(client, exchange))
  },
}

export const azure: Driver = {
  name: 'azure',
  accepts: ({ request }) => /\.openai\.azure\.com\/openai\/deployments\//.test(request.url),
  send: (exchange, base) => {
    const tap = tapFetch()
    const url = new URL(exchange.request.url)
    const client = new AzureOpenAI({
      apiKey: KEYS.azure,
      endpoint: base,
      apiVersion: url.searchParams.get('api-version') ?? '',
      deployment: url.pathname.split('/')[3] ?? '',
      maxRetries: 0,
      fetch: tap.fetch,
    })
    return outcomeOf(tap.responses, () => operation(exchange)!(client, exchange))
  },
}

type Operation = (client: OpenAI, exchange: FixtureExchange) => Promise<unknown>

/** The SDK's methods by HTTP method and by the end of the path. `:id` stands for one segment. */
const OPERATIONS: ReadonlyArray<readonly [route: string, call: Operation]> = [
  ['POST /chat/completions', async (client, it) => client.chat.completions.create(json(it))],
  ['POST /responses', async (client, it) => client.responses.create(json(it))],
  ['POST /responses/compact', async (client, it) => client.responses.compact(json(it))],
  ['GET /responses/:id', async (client, it) => client.responses.retrieve(id(it), query(it))],
  ['POST /embeddings', async (client, it) => client.embeddings.create(json(it))],
  ['POST /conversations', async (client, it) => client.conversations.create(json(it))],
  ['DELETE /conversations/:id', async (client, it) => client.conversations.delete(id(it))],
  ['POST /files', async (client, it) => client.files.create(await upload(it))],
  ['DELETE /files/:id', async (client, it) => client.files.delete(id(it))],
  ['POST /vector_stores', async (client, it) => client.vectorStores.create(json(it))],
  ['DELETE /vector_stores/:id', async (client, it) => client.vectorStores.delete(id(it))],
  [
    'POST /vector_stores/:id/files',
    async (client, it) => client.vectorStores.files.create(id(it, 2), json(it)),
  ],
  ['POST /realtime/client_secrets', async (client, it) => client.realtime.clientSecrets.create(json(it))],
  ['GET /models', async (client) => (await client.models.list()).data],
]

function operation({ request }: FixtureExchange): Operation | undefined {
  const { host, pathname } = new URL(request.url)
  const path = pathname.slice((PREFIXES[host] ?? pathname.replace(/\/chat\/completions$/, '')).length)
  return OPERATIONS.find(([route]) => {
    const [method = '', pattern = ''] = route.split(' ')
    return request.method === method && new RegExp(`^${pattern.replace(':id', '[^/]+')}$`).test(path)
  })?.[1]
}

function json(exchange: FixtureExchange): never {
  return JSON.parse(bodyOf(exchange.request).toString()) as never
}

function query(exchange: FixtureExchange): never {
  const entries = [...new URL(exchange.request.url).searchParams].map(([name, value]) => [
    name,
    value === 'true' ? true : value === 'false' ? false : value,
  ])
  return Object.fromEntries(entries) as never
}

/** Gives a segment of the path, counted from the end. */
function id(exchange: FixtureExchange, fromEnd = 1): string {
  return new URL(exchange.request.url).pathname.split('/').at(-fromEnd) ?? ''
}

async function upload(exchange: FixtureExchange): Promise<never> {
  const parts = formParts(exchange)
  const { content, filename, type } = parts.get('file')!
  const purpose = parts.get('purpose')!.content.toString()
  return { file: await toFile(content, filename, { type }), purpose } as never
}
