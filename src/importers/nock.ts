import { ImportError } from '../errors/import-error.ts'
import { pairsOfFlat } from '../exchange/headers.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer } from './importer.ts'
import { readElements } from './read-json.ts'
import { bodyOf, listOf, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** What nock's recorder writes with `output_objects`, as `nock.back` does. */
export const nock: Importer = {
  format: 'nock',
  fits: ({ head }) => {
    const text = head.toString('latin1')
    return /^\s*\[\s*(?:\{|\])/.test(text) && /"scope"\s*:/.test(text) && /"path"\s*:/.test(text)
  },
  *read(source, lost) {
    let count = 0
    for (const one of readElements(source, [], 'call')) {
      count += 1
      const call = membersOf(one)
      const place = `call ${count}`
      const url = `${textOf(call['scope']).replace(/\/$/, '')}${textOf(call['path'])}`
      const status = numberOf(call['status'])
      if (!URL.canParse(url))
        throw new ImportError(source.path, place, 'has no "scope" and "path" that make a URL')
      if (status === undefined) {
        lost('a call without a status', place)
        continue
      }
      const { reqheaders, rawHeaders, response, responseIsBinary } = call
      yield exchangeOf(
        {
          request: {
            method: textOf(call['method']) || 'GET',
            url: url.replace(/:(?:443|80)(?=\/)/, (port) => (isDefault(url, port) ? '' : port)),
            headers: withJson(pairsOf(reqheaders), call['body']),
            body: call['body'] === '' ? null : sentBody(call['body']),
          },
          response: {
            status,
            headers: Array.isArray(rawHeaders)
              ? flatPairs(rawHeaders)
              : pairsOf(rawHeaders ?? call['headers']),
            body: givenBody(response, responseIsBinary === true),
          },
        },
        source.writtenAt,
      )
    }
  },
}

const isDefault = (url: string, port: string): boolean => port === (url.startsWith('https:') ? ':443' : ':80')

const flatPairs = (raw: readonly unknown[]): ReturnType<typeof pairsOf> =>
  raw.every((one) => Array.isArray(one)) ? pairsOf(raw) : pairsOfFlat(raw.map(textOf))

/** The recorder leaves request headers out unless it is told to keep them. A JSON body is one. */
const withJson = (headers: ReturnType<typeof pairsOf>, body: unknown): ReturnType<typeof pairsOf> =>
  headers.some(([name]) => name.toLowerCase() === 'content-type') || typeof body !== 'object' || body === null
    ? headers
    : [...headers, ['content-type', 'application/json']]

/** Text that is no UTF-8 is kept as hex. */
const sentBody = (body: unknown): Buffer | null => bodyOf(body)

/** A compressed response is a list of its chunks in hex. */
function givenBody(response: unknown, isBinary: boolean): Buffer | null {
  const chunks = listOf(response)
  if (chunks.length > 0 && chunks.every((one) => typeof one === 'string' && /^(?:[\da-f]{2})+$/i.test(one)))
    return Buffer.concat(chunks.map((one) => Buffer.from(textOf(one), 'hex')))
  if (isBinary && typeof response === 'string') return Buffer.from(response, 'hex')
  return response === '' ? null : bodyOf(response)
}
