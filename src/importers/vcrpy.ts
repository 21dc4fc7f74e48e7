import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer, Lost } from './importer.ts'
import { readPythonYaml } from './python-yaml.ts'
import { bodyOf, listOf, type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** Python's vcrpy, YAML and JSON, and the dialect of pydantic-ai with `parsed_body`. */
export const vcrpy: Importer = {
  format: 'vcrpy',
  fits: ({ head }) => {
    const text = head.toString('latin1')
    // The URL may come after a body that is longer than the head.
    return (
      (/^interactions:/m.test(text) && /^\s*- request:/m.test(text)) ||
      (/^\s*\{\s*"(?:version|interactions)"/.test(text) &&
        /"interactions"\s*:\s*\[\s*\{\s*"request"/.test(text))
    )
  },
  *read(source, lost) {
    const { interactions } = membersOf(readPythonYaml(source, lost))
    if (!Array.isArray(interactions)) throw new ImportError(source.path, '', 'has no list "interactions"')
    for (const [index, one] of interactions.entries()) {
      const exchange = interaction(membersOf(one), source, `interaction ${index + 1}`, lost)
      if (exchange) yield exchange
    }
  },
}

function interaction(
  { request, response, recorded_at: at }: Members,
  source: Source,
  place: string,
  lost: Lost,
): Exchange | undefined {
  const asked = membersOf(request)
  const told = membersOf(response)
  const url = textOf(asked['uri'])
  const status = statusOf(told['status'])
  if (!URL.canParse(url)) throw new ImportError(source.path, place, 'has no "uri" that is a URL')
  const method = asked['method'] === undefined ? 'GET' : textOf(asked['method'])
  if (method === '') {
    lost('an interaction whose method is no text', place)
    return undefined
  }
  if (status === undefined) {
    lost('an interaction without a response status', place)
    return undefined
  }
  return exchangeOf(
    {
      at: textOf(at),
      request: {
        method,
        url,
        headers: pairsOf(asked['headers']),
        body: keptBody(asked),
      },
      response: {
        status: status.code,
        ...(status.reason !== '' && { reason: status.reason }),
        ...versionOf(told),
        headers: pairsOf(told['headers']),
        body: keptBody(told),
      },
    },
    source.writtenAt,
  )
}

/** vcrpy 1 has `body: {string}`; httpx stubs have `content`; pydantic-ai has the JSON value. */
function keptBody(message: Members): Buffer | null {
  if (message['parsed_body'] !== undefined) return bodyOf(message['parsed_body'])
  const { body, content } = message
  const { string, base64_string: base64 } = membersOf(body)
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64')
  if (string !== undefined) return bodyOf(string)
  return bodyOf(body === undefined || isMapping(body) ? content : body)
}

const isMapping = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value)

/** `{code, message}`, or the number alone with httpx. */
function statusOf(status: unknown): { code: number; reason: string } | undefined {
  const { code, message } = membersOf(status)
  const number = numberOf(code ?? status)
  return number !== undefined && number >= 100 && number < 1000
    ? { code: number, reason: textOf(message) }
    : undefined
}

const versionOf = ({ http_version: version, protocol }: Members): { version?: '2' } =>
  /HTTP\/2/i.test(`${textOf(version)}${listOf(protocol).map(textOf).join('')}`) ? { version: '2' } : {}
