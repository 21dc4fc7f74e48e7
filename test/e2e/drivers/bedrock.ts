import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { PassThrough, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { bodyOf, type FixtureExchange } from '../../helpers/exchange-files.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, type Driver, type SeenResponse } from '../outcome.ts'

const OPERATION = /\/model\/([^/]+)\/(converse|converse-stream|count-tokens|invoke)$/

export const bedrock: Driver = {
  name: 'bedrock',
  accepts: ({ request }) => OPERATION.test(new URL(request.url).pathname),
  send: (exchange, base) => {
    const handler = new TappedHandler()
    const gateway = new URL(exchange.request.url).pathname.startsWith('/bedrock/') ? '/bedrock' : ''
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: base + gateway,
      credentials: {
        accessKeyId: KEYS.awsAccessKeyId,
        secretAccessKey: KEYS.awsSecret,
        sessionToken: KEYS.awsSession,
      },
      maxAttempts: 1,
      requestHandler: handler,
    })
    return outcomeOf(
      () => Promise.all(handler.seen),
      () => call(client, exchange),
    ).finally(() => client.destroy())
  },
}

/** The SDK's HTTP/1 handler, which also keeps a copy of each response. The SDK's default for Bedrock is HTTP/2. */
class TappedHandler extends NodeHttpHandler {
  readonly seen: Array<Promise<SeenResponse>> = []

  override async handle(
    ...args: Parameters<NodeHttpHandler['handle']>
  ): Promise<Awaited<ReturnType<NodeHttpHandler['handle']>>> {
    const answer = await super.handle(...args)
    const { response } = answer
    const [forClient, forTest] = [new PassThrough(), new PassThrough()]
    const source = response.body as Readable
    source.on('error', (error) => forClient.destroy(error))
    source.pipe(forClient)
    source.pipe(forTest)
    response.body = forClient
    const headers = Object.entries(response.headers)
    this.seen.push(buffer(forTest).then((body) => ({ status: response.statusCode, headers, body })))
    return answer
  }
}

async function call(client: BedrockRuntimeClient, { request }: FixtureExchange): Promise<unknown> {
  const [, model = '', operation] = OPERATION.exec(new URL(request.url).pathname)!
  const modelId = decodeURIComponent(model)
  if (operation === 'invoke') {
    const answer = await client.send(
      new InvokeModelCommand({ modelId, contentType: 'application/json', body: bodyOf(request) }),
    )
    return { ...answer, $metadata: undefined }
  }
  const input = withBytes({ ...(JSON.parse(bodyOf(request).toString()) as object), modelId }) as never
  if (operation === 'converse-stream') {
    const answer = await client.send(new ConverseStreamCommand(input))
    return Array.fromAsync(answer.stream ?? [])
  }
  const answer =
    operation === 'converse'
      ? await client.send(new ConverseCommand(input))
      : await client.send(new CountTokensCommand(input))
  return { ...answer, $metadata: undefined }
}

/** Converts the base64 blobs of the wire format to bytes, as the SDK needs them. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      (key === 'bytes' || key === 'redactedContent') && typeof item === 'string'
        ? Buffer.from(item, 'base64')
        : withBytes(item),
    ]),
  )
}
