import { ImportError } from '../errors/import-error.ts'
import { grpcExchange } from './grpc-exchange.ts'
import type { Importer, Lost } from './importer.ts'
import { readPythonYaml } from './python-yaml.ts'
import { listOf, membersOf, textOf } from './values.ts'

/** The calls of the xAI SDK that pydantic-ai keeps as Protobuf: the method, by the name of its member. */
const METHODS: Readonly<Record<string, string>> = {
  sample: '/xai_api.Chat/GetCompletion',
  stream: '/xai_api.Chat/GetCompletionChunk',
}

const SERVER = 'https://api.x.ai'

/** The cassettes of pydantic-ai for the xAI SDK. */
export const xai: Importer = {
  format: 'xai',
  fits: ({ head }) =>
    /^- request_(?:sample|stream|\w+):/m.test(head.toString('latin1')) &&
    /^\s+raw: !!binary/m.test(head.toString('latin1')),
  *read(source, lost) {
    const { interactions } = membersOf(readPythonYaml(source, lost))
    for (const [index, one] of listOf(interactions).map(membersOf).entries()) {
      const place = `interaction ${index + 1}`
      const kind =
        Object.keys(one)
          .find((name) => name.startsWith('request_'))
          ?.slice('request_'.length) ?? ''
      const method = METHODS[kind]
      if (method === undefined) {
        lost(`a call of the kind ${kind === '' ? 'unknown' : kind}`, place)
        continue
      }
      const request = membersOf(one[`request_${kind}`])['raw']
      if (!Buffer.isBuffer(request))
        throw new ImportError(source.path, place, 'has no "raw" bytes of its request')
      const response = membersOf(one[`response_${kind}`])
      const responses = messagesOf(response['chunks_raw'] ?? response['raw'], lost, place)
      if (!responses) continue
      yield grpcExchange(
        {
          url: `${SERVER}${method}`,
          metadata: [],
          requests: [request],
          responses,
          status: 0,
          message: '',
          at: timeOf(response),
        },
        source.writtenAt,
      )
    }
  },
}

function messagesOf(raw: unknown, lost: Lost, place: string): Buffer[] | undefined {
  const messages = Array.isArray(raw) ? raw : [raw]
  if (messages.length > 0 && messages.every((one) => Buffer.isBuffer(one))) return messages
  lost('a call without the bytes of its response', place)
  return undefined
}

/** When the model began to answer. */
function timeOf(response: Readonly<Record<string, unknown>>): string | undefined {
  const [first] = listOf(response['chunks_json'])
  const { created } = { ...membersOf(response['json']), ...membersOf(membersOf(first)['chunk']) }
  return textOf(created).replace(/(\.\d{3})\d*Z$/, '$1Z') || undefined
}
