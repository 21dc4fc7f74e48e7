import { MIN_RANDOM } from '../../base/value-shapes.ts'
import { isAccountHeader } from '../../providers/requests/choosing-headers.ts'
import type { TextSearch } from '../search/text-search.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'
import { grpcTools } from '../bodies/bodies.ts'
import { digestOf, PLACEHOLDER } from '../edits.ts'
import { redactProtobuf } from '../bodies/grpc-messages.ts'
import { plainName } from '../../providers/requests/credentials.ts'
import { isSecretHeader, namesPayer, STORED_REQUEST_HEADERS, URL_HEADERS } from '../names.ts'
import { givenIn } from '../given/given-headers.ts'
import { isRedactedValue, type UrlRedaction, redactUrl } from './urls.ts'

/**
 * The request headers that are stored: those of the allow-list and those that the user keeps. Name and value of all others
 * are dropped. The client library writes most of them, and they change with its version, the machine and the call.
 */
export function redactRequestHeaders(headers: HeaderPairs, redaction: UrlRedaction): HeaderPairs {
  const { rules, search } = redaction
  const stored: (readonly [string, string])[] = []
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (rules.keep.has(plainName(name))) stored.push([name, search.redactKnown(value)])
    else if (isAccountHeader(lower) || rules.matched.has(lower))
      stored.push([name, redactMatched(lower, value, search)])
    else if (!STORED_REQUEST_HEADERS.has(lower)) stored.push(...givenIn(name, value, redaction))
    else if (lower === 'sec-websocket-protocol') stored.push([name, redactProtocols(value, search)])
    else if (lower === 'destination') stored.push([name, redactUrl(value, redaction)])
    else stored.push([name, rules.headers.has(lower) ? PLACEHOLDER : redactText(lower, value, search)])
  }
  return stored
}

/** A header that counts in the key. Two values stay two, although a value that is hidden is not stored. */
function redactMatched(name: string, value: string, search: TextSearch): string {
  if (!isSecretHeader(name) && !isAccountHeader(name)) return search.redactString(value)
  if (isRedactedValue(value)) return value
  return isAccountHeader(name) || value.length >= MIN_RANDOM ? digestOf(name, value) : PLACEHOLDER
}

/**
 * Keeps all response headers and trailers. Credentials lose their value.
 * @param offered the subprotocols that the request offered
 */
export function redactResponseHeaders(
  headers: HeaderPairs,
  redaction: UrlRedaction,
  offered?: string,
): HeaderPairs {
  return headers.map(([name, value]) => [
    redaction.search.redactString(name, { isName: true }),
    redactResponseValue(name, value, redaction, offered),
  ])
}

function redactResponseValue(
  name: string,
  value: string,
  redaction: UrlRedaction,
  offered: string | undefined,
): string {
  const { rules, search } = redaction
  const lower = name.toLowerCase()
  if (rules.keep.has(plainName(name))) return search.redactKnown(value)
  if (rules.headers.has(lower)) return PLACEHOLDER
  if (lower === 'sec-websocket-protocol') return redactChosenProtocol(value, offered, search)
  if (lower === 'set-cookie') return redactCookie(value, redaction)
  const plain = lower.replace(/-bin$/, '')
  if (isSecretHeader(plain)) {
    if (value === '') return value
    return namesPayer(plain) ? PLACEHOLDER : rules.given.hide(lower, value, 'header')
  }
  if (lower.endsWith('-bin')) return redactBinaryValue(value, redaction)
  if (URL_HEADERS.has(lower) || /^https?:\/\//i.test(value)) return redactUrlHeader(lower, value, redaction)
  return redactText(lower, value, search)
}

/** Headers whose values are words of a protocol, as names are. */
const WORDS: ReadonlySet<string> = new Set(
  `accept accept-language accept-ranges allow cache-control connection content-encoding content-language content-type
  transfer-encoding vary x-amz-target soapaction x-http-method-override`.split(/\s+/),
)

const redactText = (name: string, value: string, search: TextSearch): string =>
  search.redactString(value, { isName: WORDS.has(name) })

/** gRPC's binary metadata: base64 values joined by commas. `grpc-status-details-bin` contains a message. */
function redactBinaryValue(value: string, { rules, search }: UrlRedaction): string {
  const tools = grpcTools({ rules, search, urlPath: '' })
  return value
    .split(',')
    .map((one) => {
      const bytes = Buffer.from(one, 'base64')
      const redacted = redactProtobuf(bytes, tools)
      return redacted.equals(bytes)
        ? search.redactString(one)
        : redacted.toString('base64').replace(/=+$/, '')
    })
    .join(',')
}

/** The cookie's name and attributes stay, so that a client's cookie jar works on replay. */
function redactCookie(value: string, { search, rules }: UrlRedaction): string {
  const semicolon = value.indexOf(';')
  const pair = semicolon === -1 ? value : value.slice(0, semicolon)
  const attributes = semicolon === -1 ? '' : value.slice(semicolon)
  const equals = pair.indexOf('=')
  if (equals === -1) return PLACEHOLDER + search.redactString(attributes)
  const name = search.redactString(pair.slice(0, equals + 1))
  const given = pair.slice(equals + 1).trim()
  const hidden = given === '' ? '' : rules.given.hide(pair.slice(0, equals).trim(), given, 'cookie')
  return name + hidden + search.redactString(attributes)
}

function redactUrlHeader(name: string, value: string, redaction: UrlRedaction): string {
  if (name === 'link') {
    const links = value.replace(/<([^>]*)>/g, (_, url: string) => `<${redactUrl(url, redaction)}>`)
    return redaction.search.redactString(links)
  }
  if (name === 'refresh') {
    const target = /(url\s*=\s*["']?)([^"']*)/i
    const moved = value.replace(
      target,
      (_, before: string, url: string) => before + redactUrl(url, redaction),
    )
    return redaction.search.redactString(moved)
  }
  return redactUrl(value, redaction)
}

/** A subprotocol that is a credential with a name before it: `openai-insecure-api-key.sk-...`, `openai-project.proj_...`. */
const NAMED = /^(.*[.])([^.]+)$/
const SECRET_NAME =
  /(?:key|token|secret|auth|authorization|bearer|credentials?|password|jwt|session|signature|organi[sz]ation|project|account)(?:\.[\w.-]*)?\.$/i
/** A word that comes before a credential in the list: `Bearer, eyJ...`. */
const ANNOUNCES = /^(?:bearer|basic|token|jwt|auth(?:orization)?|access[-_]token|api[-_]?key)$/i
/** A longer one is not the name of a protocol. */
const MAX_NAME = 48

/**
 * The subprotocols that a client offers. Browsers cannot send headers with a WebSocket, so clients send credentials in this
 * list. Credentials lose their value. The names of protocols stay.
 */
function redactProtocols(value: string, search: TextSearch): string {
  const protocols = value.split(',').map((one) => one.trim())
  return protocols
    .map((protocol, at) => {
      const [, name, rest] = NAMED.exec(protocol) ?? []
      if (name !== undefined && rest !== undefined && SECRET_NAME.test(name)) return name + PLACEHOLDER
      const before = protocols[at - 1] ?? ''
      if (ANNOUNCES.test(before) || isSecretHeader(before)) return PLACEHOLDER
      if (protocol.length > MAX_NAME) return PLACEHOLDER
      return search.redactString(protocol)
    })
    .join(', ')
}

/** The subprotocol that the server chose. It is redacted in the same way as at its place in the offered list. */
function redactChosenProtocol(value: string, offered: string | undefined, search: TextSearch): string {
  const at = (offered ?? '').split(',').findIndex((one) => one.trim() === value.trim())
  if (offered === undefined || at === -1) return redactProtocols(value, search)
  return redactProtocols(offered, search).split(', ')[at] ?? PLACEHOLDER
}
