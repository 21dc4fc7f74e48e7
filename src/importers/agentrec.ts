import { ImportError } from '../errors/import-error.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer } from './importer.ts'
import { readJson } from './read-json.ts'
import { type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

const LINES = 'interactions.jsonl'

/** A folder of agentrec, schema 2: `cassette.json` and `interactions.jsonl`. */
export const agentrec: Importer = {
  format: 'agentrec',
  fits: (source) =>
    source.isFolder && /"agentrec_cassette"/.test(source.beside('cassette.json')?.toString('latin1') ?? ''),
  *read(source, lost) {
    const lines = source.beside(LINES)
    if (!lines) throw new ImportError(source.path, '', `has no file ${LINES}`)
    let count = 0
    for (const line of lines.toString('utf8').split('\n')) {
      if (line.trim() === '') continue
      count += 1
      const place = `${LINES}, line ${count}`
      const {
        request,
        response,
        started_at: at,
        start_time: start,
        error,
      } = membersOf(readJson(source, Buffer.from(line), place))
      const asked = membersOf(request)
      const told = membersOf(response)
      const url = textOf(asked['url'])
      if (url === '') {
        lost('a call of a tool: it is no request', place)
        continue
      }
      if (!URL.canParse(url)) throw new ImportError(source.path, place, 'has no "request.url" that is a URL')
      if (response === null || response === undefined) {
        if (error === null || error === undefined) lost('a request without a response', place)
        else lost('a request that failed: agentrec keeps no transport error that clients know', place)
        continue
      }
      yield exchangeOf(
        {
          at: numberOf(at ?? start) === undefined ? textOf(at ?? start) : (numberOf(at ?? start) ?? 0) * 1000,
          request: {
            method: textOf(asked['method']) || 'POST',
            url,
            headers: pairsOf(asked['headers']),
            body: bytesOf(asked),
          },
          response: {
            status: numberOf(told['status'] ?? told['status_code']) ?? 200,
            headers: pairsOf(told['headers']),
            body: bytesOf(told),
          },
        },
        source.writtenAt,
      )
    }
  },
}

const bytesOf = ({ body, body_encoding: encoding }: Members): Buffer | null =>
  typeof body === 'string' && body !== ''
    ? Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8')
    : null
