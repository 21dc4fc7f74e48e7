import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer } from './importer.ts'
import { readJson } from './read-json.ts'
import { bodyOf, listOf, type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

const REQUEST = '.request.json'

/** A folder of claude-vcr: `index.json`, and three files for each exchange. */
export const claudeVcr: Importer = {
  format: 'claude-vcr',
  fits: (source) => source.isFolder && source.names().some((name) => name.endsWith(REQUEST)),
  *read(source, lost) {
    for (const id of idsOf(source)) {
      const request = source.beside(`${id}${REQUEST}`)
      if (!request) throw new ImportError(source.path, id, `has no file ${id}${REQUEST}`)
      const body = source.beside(`${id}.response.bin`)
      if (!body) {
        lost('an exchange without a response', id)
        continue
      }
      const meta = source.beside(`${id}.meta.json`)
      yield exchange(
        membersOf(readJson(source, request, `${id}${REQUEST}`)),
        membersOf(meta && readJson(source, meta, `${id}.meta.json`)),
        body,
        source,
      )
    }
  },
}

/** The index says the order. Files that it does not name come last, by name. */
function idsOf(source: Source): string[] {
  const files = source
    .names()
    .flatMap((name) => (name.endsWith(REQUEST) ? [name.slice(0, -REQUEST.length)] : []))
  const index = source.beside('index.json')
  const json = index && readJson(source, index, 'index.json')
  const entries = Array.isArray(json)
    ? json
    : listOf(membersOf(json)['entries'] ?? membersOf(json)['exchanges'])
  const named = entries
    .map((one) => textOf(membersOf(one)['id'] ?? membersOf(one)['key'] ?? one))
    .concat(Array.isArray(json) ? [] : Object.keys(membersOf(membersOf(json)['entries'])))
    .filter((id) => files.includes(id))
  return [...new Set([...named, ...files.toSorted()])]
}

function exchange(request: Members, meta: Members, body: Buffer, source: Source): Exchange {
  const told = { ...meta, ...membersOf(meta['response']) }
  const url =
    textOf(request['url']) || `https://api.anthropic.com${textOf(request['path']) || '/v1/messages'}`
  const headers = pairsOf(told['headers'] ?? told['response_headers'])
  return exchangeOf(
    {
      at: textOf(meta['recorded_at'] ?? meta['timestamp'] ?? meta['created_at']),
      request: {
        method: textOf(request['method']) || 'POST',
        url,
        headers: pairsOf(request['headers']),
        body: bodyOf(
          request['body'] === undefined && request['method'] === undefined ? request : request['body'],
        ),
      },
      response: { status: numberOf(told['status'] ?? told['status_code']) ?? 200, headers, body },
    },
    source.writtenAt,
  )
}
