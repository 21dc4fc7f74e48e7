import { ImportError } from '../errors/import-error.ts'
import type { Chunk } from '../exchange/exchange.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer } from './importer.ts'
import { readElements } from './read-json.ts'
import { bodyOf, listOf, type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** The recordings of Mastra's recorder for LLMs: a list, or an object with a list. */
export const mastra: Importer = {
  format: 'mastra',
  fits: ({ head }) => {
    const text = head.toString('latin1')
    return (
      /"hash"\s*:/.test(text) &&
      /"request"\s*:\s*\{/.test(text) &&
      !/"snapshot"\s*:/.test(text) &&
      (/^\s*\[\s*\{\s*"hash"/.test(text) || /"recordings"\s*:\s*\[/.test(text))
    )
  },
  *read(source, lost) {
    const isList = /^\s*\[/.test(source.head.toString('latin1'))
    let count = 0
    for (const one of readElements(source, isList ? [] : ['recordings'], 'recording')) {
      count += 1
      const place = `recording ${count}`
      const { request, response } = membersOf(one)
      const asked = membersOf(request)
      const told = membersOf(response)
      const url = textOf(asked['url'])
      if (!URL.canParse(url)) throw new ImportError(source.path, place, 'has no "request.url"')
      if (numberOf(told['status']) === undefined) {
        lost('a recording without a response', place)
        continue
      }
      const body = bodyOf(asked['body'])
      yield exchangeOf(
        {
          at: numberOf(asked['timestamp']),
          request: {
            method: textOf(asked['method']) || 'POST',
            url,
            headers: typeof asked['body'] === 'object' ? [['content-type', 'application/json']] : [],
            body,
          },
          response: {
            status: numberOf(told['status']) ?? 200,
            headers: pairsOf(told['headers']),
            body: told['isStreaming'] === true ? chunksOf(told) : bodyOf(told['body']),
          },
        },
        source.writtenAt,
      )
    }
  },
}

function chunksOf({ chunks, chunkTimings }: Members): Chunk[] {
  const times = listOf(chunkTimings)
  return listOf(chunks).map((chunk, i) => ({
    data: Buffer.from(textOf(chunk)),
    delayMs: Math.max(0, Math.round(numberOf(times[i]) ?? 0)),
  }))
}
