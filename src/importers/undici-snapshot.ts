import { ImportError } from '../errors/import-error.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer } from './importer.ts'
import { readElements } from './read-json.ts'
import { listOf, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** The file of undici's SnapshotAgent. */
export const undiciSnapshot: Importer = {
  format: 'undici',
  fits: ({ head }) => /^\s*\[\s*\{\s*"hash"\s*:[^{]*"snapshot"\s*:/.test(head.toString('latin1')),
  *read(source, lost) {
    let count = 0
    for (const one of readElements(source, [], 'snapshot')) {
      count += 1
      const place = `snapshot ${count}`
      const { request, responses, response, timestamp } = membersOf(membersOf(one)['snapshot'])
      const asked = membersOf(request)
      const url = textOf(asked['url'])
      if (!URL.canParse(url)) throw new ImportError(source.path, place, 'has no "request.url"')
      const answers = response === undefined ? listOf(responses) : [response]
      if (answers.length === 0) lost('a request without a response', place)
      for (const answer of answers.map(membersOf)) {
        const { body } = asked
        yield exchangeOf(
          {
            at: textOf(timestamp),
            request: {
              method: textOf(asked['method']) || 'GET',
              url,
              headers: pairsOf(asked['headers']),
              body: typeof body === 'string' && body !== '' ? Buffer.from(body) : null,
            },
            response: {
              status: numberOf(answer['statusCode']) ?? 200,
              headers: pairsOf(answer['headers']),
              body: Buffer.from(textOf(answer['body']), 'base64'),
              ...trailersOf(pairsOf(answer['trailers'])),
            },
          },
          source.writtenAt,
        )
      }
    }
  },
}

const trailersOf = (trailers: ReturnType<typeof pairsOf>): { trailers?: typeof trailers } =>
  trailers.length === 0 ? {} : { trailers }
