import { stringify } from 'yaml'

import type { FixtureExchange } from '../helpers/exchange-files.ts'

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8')).equals(bytes)

/** As PyYAML writes a `bytes` and a `str`. */
const stringOf = (base64: string | null | undefined): unknown => {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes)
}

function headersOf(headers: readonly (readonly [string, string])[]): Record<string, string[]> {
  const object: Record<string, string[]> = {}
  for (const [name, value] of headers) (object[name] ??= []).push(value)
  return object
}

/** The exchanges as vcrpy's YAML serializer writes them: a body is text if it is UTF-8, else `!!binary`. */
export function vcrpyText(exchanges: readonly FixtureExchange[]): string {
  const interactions = exchanges.map(({ request, response }) => ({
    request: {
      body: request.bodyBase64 ? stringOf(request.bodyBase64) : null,
      headers: headersOf(request.headers),
      method: request.method,
      uri: request.url,
    },
    response: {
      body: { string: stringOf(response.bodyBase64) },
      headers: headersOf(response.headers),
      status: { code: response.status, message: '' },
    },
  }))
  return stringify({ interactions, version: 1 }, { version: '1.1', aliasDuplicateObjects: false })
}
