import { readFileSync } from 'node:fs'

import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { parse } from 'yaml'

import { fromRoot } from '../../helpers/shared.ts'

/** A recorded call: the original bytes, and the decoded messages. */
export interface RecordedCall {
  readonly request: Buffer
  readonly responses: readonly Buffer[]
  readonly isStream: boolean
  /** The `outputs` of each response, as in a decoded sample. */
  readonly said: readonly unknown[]
}

interface Answer {
  readonly outputs?: unknown
}

interface Sample {
  readonly json: Answer
  readonly raw: unknown
}

interface StreamSample {
  readonly chunks_json: readonly { readonly chunk: Answer }[]
  readonly chunks_raw: readonly unknown[]
}

interface Interaction {
  readonly request_sample?: Sample
  readonly response_sample?: Sample
  readonly request_stream?: Sample
  readonly response_stream?: StreamSample
}

export function readRecording(file: string): RecordedCall[] {
  const { interactions } = parse(readFileSync(file, 'utf8')) as { interactions: Interaction[] }
  return interactions.map(
    ({ request_sample: asked, response_sample: answer, request_stream, response_stream }) => {
      if (asked && answer)
        return {
          request: bytesOf(asked.raw),
          responses: [bytesOf(answer.raw)],
          isStream: false,
          said: [answer.json.outputs],
        }
      if (!request_stream || !response_stream) throw new Error(`${file}: neither a call nor a stream`)
      const { chunks_json: samples, chunks_raw: chunks } = response_stream
      const said = samples.map(({ chunk }) => chunk.outputs)
      return { request: bytesOf(request_stream.raw), responses: chunks.map(bytesOf), isStream: true, said }
    },
  )
}

const bytesOf = (value: unknown): Buffer => Buffer.from(value as Uint8Array)

export const CHAT_PROTO = fromRoot('test/fixtures/grpc/chat.proto')
const definition = loadSync(CHAT_PROTO, { keepCase: true, longs: String, enums: String })
const { xai_api: api } = grpc.loadPackageDefinition(definition) as unknown as {
  readonly xai_api: { readonly Chat: grpc.ServiceClientConstructor }
}
const { service } = api.Chat
const { GetCompletion, GetCompletionChunk } = service as Record<string, grpc.MethodDefinition<object, object>>

export interface ChatClient extends grpc.Client {
  GetCompletion(request: object, done: grpc.requestCallback<object>): grpc.ClientUnaryCall
  GetCompletionChunk(request: object): grpc.ClientReadableStream<object>
}

/** Starts a real server that answers these calls with exactly the recorded bytes. */
export async function serveRecordings(
  calls: readonly RecordedCall[],
): Promise<{ readonly client: () => ChatClient; readonly stop: () => void }> {
  const same = (bytes: Buffer): Buffer => bytes
  const raw = (
    method: grpc.MethodDefinition<object, object> | undefined,
  ): grpc.MethodDefinition<Buffer, Buffer> => {
    if (!method) throw new Error('The .proto has no such method.')
    return {
      ...method,
      requestDeserialize: same,
      responseSerialize: same,
      requestSerialize: same,
      responseDeserialize: same,
    }
  }
  const left = [...calls]
  const take = (request: Buffer): RecordedCall | undefined => {
    const at = left.findIndex((call) => call.request.equals(request))
    return at < 0 ? undefined : left.splice(at, 1)[0]
  }
  const server = new grpc.Server()
  server.addService(
    { GetCompletion: raw(GetCompletion), GetCompletionChunk: raw(GetCompletionChunk) },
    {
      GetCompletion(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
        const [answer] = take(call.request)?.responses ?? []
        done(answer ? null : { code: grpc.status.NOT_FOUND, details: 'no such call was recorded' }, answer)
      },
      GetCompletionChunk(call: grpc.ServerWritableStream<Buffer, Buffer>) {
        for (const chunk of take(call.request)?.responses ?? []) call.write(chunk)
        call.end()
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return {
    client: () =>
      new api.Chat(`localhost:${port}`, grpc.credentials.createInsecure(), {
        'grpc.use_local_subchannel_pool': 1,
      }) as unknown as ChatClient,
    stop: () => server.forceShutdown(),
  }
}

/** Makes the recorded calls, one after another. @returns the program's result of each */
export async function makeCalls(calls: readonly RecordedCall[], client: ChatClient): Promise<unknown[]> {
  const got: unknown[] = []
  for (const { request, isStream } of calls) {
    const message = GetCompletion?.requestDeserialize(request) ?? {}
    got.push(isStream ? await allOf(client.GetCompletionChunk(message)) : await answerOf(client, message))
  }
  client.close()
  return got
}

const answerOf = (client: ChatClient, message: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client.GetCompletion(message, (error, answer) => (error ? reject(error) : resolve(answer)))
  })

async function allOf(call: grpc.ClientReadableStream<object>): Promise<unknown[]> {
  const messages: unknown[] = []
  for await (const message of call) messages.push(message)
  return messages
}
