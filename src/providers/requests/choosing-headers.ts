import { numberedIn } from '../../base/numbered.ts'
import { canonicalHost } from './location.ts'

/** Headers that name the operation or the part of a resource that is asked for. They count by their value. */
const BY_VALUE: ReadonlySet<string> = new Set(
  `x-amz-target soapaction x-http-method-override range if-range content-range prefer if-none-match if-match x-goog-fieldmask
  depth`.split(/\s+/),
)

/** Of these, the ones that say what is done, like the method. They count even if `matchOn` names other fields. */
export const OPERATION_HEADERS: ReadonlySet<string> = new Set([
  'x-amz-target',
  'soapaction',
  'x-http-method-override',
])

/** The time in such a header is when the client last saw the resource: only that it asks so counts. */
const BY_PRESENCE: ReadonlySet<string> = new Set(['if-modified-since', 'if-unmodified-since'])

/** Whose data is asked for: `stripe-account`, `x-account-id`, `xero-tenant-id`. */
const ACCOUNT = /(?:^|-)account(?:-?id)?$|^xero-tenant-id$/
/** The accounts that pay for a model's answer. */
const BILLED: ReadonlySet<string> = new Set(['chatgpt-account-id'])

export const isAccountHeader = (name: string): boolean => ACCOUNT.test(name) && !BILLED.has(name)

/** Whether a header can choose the answer of a service that is no model's. Name in lower case. */
const isChoosingHeader = (name: string): boolean =>
  BY_VALUE.has(name) ||
  BY_PRESENCE.has(name) ||
  name === 'accept' ||
  name === 'accept-language' ||
  name === 'destination' ||
  isAccountHeader(name)

/** What counts of such a header. `undefined`: nothing. */
export function choosingValue(name: string, value: string): string | true | undefined {
  if (BY_PRESENCE.has(name)) return true
  if (name === 'accept') return acceptedTypes(value)
  if (name === 'accept-language') return languages(value)
  if (name === 'destination') return destination(value)
  if (name === 'soapaction') return value.trim().replace(/^"(.*)"$/, '$1')
  return BY_VALUE.has(name) || isAccountHeader(name) ? value.trim() : undefined
}

/** The choosing headers of a request, by name. `undefined`: there are none. */
export function choosingHeaders(
  headers: ReadonlyMap<string, string>,
): Record<string, string | true> | undefined {
  const found = [...headers].flatMap(([name, value]): [string, string | true][] => {
    const counts = isChoosingHeader(name) ? choosingValue(name, value) : undefined
    return counts === undefined ? [] : [[name, counts]]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

/** The headers that hold a value which a server gave: they say whose session it is. By name. */
export function numberedHeaders(headers: ReadonlyMap<string, string>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of headers) if (numberedIn(value).length > 0) found[name] = value
  return found
}

/** Types of one vendor, and event streams, which are asked for on purpose. All others are the habit of the client. */
function acceptedTypes(value: string): string | undefined {
  const types = value
    .toLowerCase()
    .split(',')
    .map((range) => range.replace(/;\s*q=[\d.]+/, '').replace(/\s+/g, ''))
    .filter((range) => /^[^;]*\/vnd\.|^text\/event-stream(?:;|$)/.test(range))
  return types.length === 0 ? undefined : [...new Set(types)].toSorted().join(', ')
}

function languages(value: string): string | undefined {
  const text = value.toLowerCase().replace(/\s+/g, '')
  return text === '*' || text === '' ? undefined : text
}

/** The target of WebDAV's COPY and MOVE (RFC 4918). A test server takes another port in every run. */
function destination(value: string): string {
  const url = URL.parse(value)
  return url === null ? value.trim() : `${canonicalHost(url)}${url.pathname}${url.search}`
}
