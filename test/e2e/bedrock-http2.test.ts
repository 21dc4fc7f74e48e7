import assert from 'node:assert/strict'

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithBidirectionalStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'

import { withCassette } from '../../src/index.ts'
import { frame } from '../exchange/eventstream-frames.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { sameInReplay } from '../protocols/http2-client.ts'
import { type Http2TestServer, startHttp2Server, type StreamHandler } from '../protocols/http2-server.ts'

const text = (value: string) => ({ type: 'string', value }) as const

const event = (type: string, body: object): Uint8Array =>
  frame({
    headers: {
      ':message-type': text('event'),
      ':event-type': text(type),
      ':content-type': text('application/json'),
    },
    body: JSON.stringify(body),
  })

const chunk = (value: string): Uint8Array => event('chunk', { bytes: Buffer.from(value).toString('base64') })

/** Answers like Bedrock, and sends one answer for each message of a bidirectional stream. */
const bedrock: StreamHandler = async (stream, headers) => {
  const path = headers[':path'] ?? ''
  const head = { ':status': 200, date: 'today', 'x-amzn-requestid': 'r1' }
  if (path.endsWith('/converse')) {
    stream.respond({ ...head, 'content-type': 'application/json' })
    const message = { role: 'assistant', content: [{ text: 'Grüße' }] }
    stream.end(JSON.stringify({ output: { message }, stopReason: 'end_turn', metrics: { latencyMs: 1 } }))
    return
  }
  stream.respond({ ...head, 'content-type': 'application/vnd.amazon.eventstream' })
  if (path.endsWith('/converse-stream')) {
    stream.write(event('messageStart', { role: 'assistant' }))
    for (const word of ['Grüße ', '€'])
      stream.write(event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: word } }))
    stream.end(event('messageStop', { stopReason: 'end_turn' }))
    return
  }
  let count = 0
  let rest = Buffer.alloc(0)
  for await (const data of stream) {
    rest = Buffer.concat([rest, data as Buffer])
    while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
      const length = rest.readUInt32BE(0)
      rest = rest.subarray(length)
      // The last message only signs the end, so it gets no answer.
      if (length > 200) stream.write(chunk(`answer ${++count}`))
    }
  }
  stream.end()
}

describe('AWS Bedrock over HTTP/2, with the default handler of its SDK, records and replays', () => {
  const bench = testBench(() => {})
  let server: Http2TestServer
  beforeEach(async () => {
    server = await startHttp2Server('h2c', bedrock)
  })
  afterEach(() => server.close())

  const client = (): BedrockRuntimeClient =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: server.url,
      credentials: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
      },
      maxAttempts: 1,
    })

  const messages = [{ role: 'user' as const, content: [{ text: 'hello' }] }]
  const modelId = 'amazon.nova-sonic-v1:0'
  const stop = (): Promise<void> => server.close()

  it('Converse', async () => {
    const seen = await sameInReplay(
      bench.path(),
      stop,
      async () => {
        const bedrockClient = client()
        const { output, stopReason, $metadata } = await bedrockClient.send(
          new ConverseCommand({ modelId, messages }),
        )
        bedrockClient.destroy()
        return { output, stopReason, status: $metadata.httpStatusCode, id: $metadata.requestId }
      },
      1,
    )
    assert.equal(seen.output?.message?.content?.[0]?.text, 'Grüße')
    assert.match(bench.read() ?? '', /http_version: '2'/)
  })

  it('ConverseStream', async () => {
    const seen = await sameInReplay(
      bench.path(),
      stop,
      async () => {
        const bedrockClient = client()
        const { stream } = await bedrockClient.send(new ConverseStreamCommand({ modelId, messages }))
        const events = []
        for await (const one of stream ?? []) events.push(one)
        bedrockClient.destroy()
        return events
      },
      1,
    )
    assert.equal(seen.length, 4)
  })

  /** Sends each message after the answer to the previous one. */
  async function talk(...said: string[]): Promise<string[]> {
    const bedrockClient = client()
    let answered = Promise.withResolvers<void>()
    async function* body() {
      for (const one of said) {
        answered = Promise.withResolvers<void>()
        yield { chunk: { bytes: Buffer.from(JSON.stringify({ event: { said: one.repeat(20) } })) } }
        await answered.promise
      }
    }
    const command = new InvokeModelWithBidirectionalStreamCommand({ modelId, body: body() })
    const answer = await bedrockClient.send(command)
    const answers: string[] = []
    for await (const one of answer.body ?? []) {
      answers.push(Buffer.from(one.chunk?.bytes ?? []).toString())
      answered.resolve()
    }
    bedrockClient.destroy()
    return answers
  }

  it('a bidirectional stream in turns, with new signatures in every run', async () => {
    const seen = await sameInReplay(bench.path(), stop, () => talk('one', 'two', 'three'), 1)
    assert.deepEqual(seen, ['answer 1', 'answer 2', 'answer 3'])
  })

  it('nothing on a miss, and the error names the missing request', async () => {
    await withCassette(bench.path(), () => talk('one'))
    await server.close()
    let seen: unknown
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, async () => {
        seen = await client()
          .send(new ConverseCommand({ modelId, messages }))
          .catch((error: unknown) => error)
      }),
      { code: 'CASSETTE_MISS' },
    )
    assert.ok(seen instanceof Error)
    assert.match(seen.message, /no recording answers/)
  })
})
