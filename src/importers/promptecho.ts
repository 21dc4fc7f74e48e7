import { ImportError } from '../errors/import-error.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer } from './importer.ts'
import { readPythonYaml } from './python-yaml.ts'
import { bodyOf, listOf, type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** promptecho, versions 1 and 2. */
export const promptecho: Importer = {
  format: 'promptecho',
  fits: ({ head }) =>
    /^match_on:/m.test(head.toString('latin1')) && /^\s+match_key:/m.test(head.toString('latin1')),
  *read(source, lost) {
    const { interactions } = membersOf(readPythonYaml(source, lost))
    for (const [index, one] of listOf(interactions).map(membersOf).entries()) {
      const place = `interaction ${index + 1}`
      const request = membersOf(one['request'])
      const response = membersOf(one['response'])
      const url = textOf(request['url'])
      if (!URL.canParse(url)) throw new ImportError(source.path, place, 'has no "request.url"')
      if (/[?&][^=]+=REDACTED/.test(url)) lost('the values of a query: promptecho does not keep them', place)
      lost('the headers of requests: promptecho does not keep them', place)
      yield exchangeOf(
        {
          request: {
            method: textOf(request['method']) || 'POST',
            url,
            headers: typeof request['body'] === 'object' ? [['content-type', 'application/json']] : [],
            body: bodyOf(request['body']),
          },
          response: {
            status: numberOf(response['status']) ?? 200,
            headers: pairsOf(response['headers']),
            body: answerOf(response),
          },
        },
        source.writtenAt,
      )
    }
  },
}

function answerOf({ streaming, events, body, binary }: Members): Buffer | null {
  if (streaming === true) return Buffer.from(listOf(events).map(eventText).join(''))
  if (binary === true) return Buffer.from(textOf(body), 'base64')
  return bodyOf(body)
}

/** An event is kept as its lines, mostly without the empty line that ends it. */
const eventText = (event: unknown): string => textOf(event).replace(/\n*$/, '\n\n')
