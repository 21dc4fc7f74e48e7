import type { ParsedRequest } from '../types.ts'
import { isUncountedParameter, plainName } from './credentials.ts'

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)$/

/** Whether a host name of a URL is a name of this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname)

/** Lower case, without the default port. Test servers use free ports, so all loopback names become one name without a port. */
export function canonicalHost(url: URL): string {
  return isLoopback(url.hostname) ? 'loopback' : url.host
}

const trimmed = (path: string): string => {
  const single = path.replace(/\/{2,}/g, '/')
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
}

/** Decodes percent escapes. Runs of escapes that are not UTF-8 or that match `except` stay, in upper case. */
export function percentDecoded(path: string, except?: RegExp): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    if (except !== undefined && except.test(run)) return run.toUpperCase()
    try {
      return decodeURIComponent(run)
    } catch {
      return run.toUpperCase()
    }
  })
}

/** Percent-decoded, with doubled slashes made one and the trailing slash removed. */
export const canonicalPath = (url: URL): string => percentDecoded(trimmed(url.pathname))

/** Like `canonicalPath`, but a run of escapes that contains `/`, `?`, `#` or `%` stays encoded. */
export const plainPath = (url: URL): string => percentDecoded(trimmed(url.pathname), /%(?:2F|3F|23|25)/i)

/**
 * Whether a query parameter takes no part in the key: credentials, the version of the client, ids and times of the one request.
 * They never select what a service answers.
 * @param names the names of all parameters
 */
export function isDroppedQuery(
  name: string,
  value: string,
  names: ReadonlySet<string>,
  { keep, counted, moments }: QueryContext,
): boolean {
  if (keep.has(name) || counted.has(plainName(name))) return false
  return name.toLowerCase() === 'api-version' || isUncountedParameter(name, value, names, { moments })
}

type QueryContext = Pick<ParsedRequest, 'keep' | 'counted' | 'moments'>

export const only = (values: string[]): string | string[] => {
  const [first, ...more] = values
  return first === undefined || more.length > 0 ? values : first
}

/** The query as far as it selects an operation. It maps a name to its value, or to the list of its values if it is repeated. */
export function canonicalQuery({
  query,
  ...context
}: QueryContext & Pick<ParsedRequest, 'query'>): Record<string, string | string[]> | undefined {
  if (query.length === 0) return undefined
  const values = new Map<string, string[]>()
  const names = new Set(query.map(([name]) => name))
  for (const [name, value] of query) {
    if (isDroppedQuery(name, value, names, context)) continue
    const list = values.get(name)
    if (list === undefined) values.set(name, [value])
    else list.push(value)
  }
  if (values.size === 0) return undefined
  return Object.fromEntries([...values].map(([name, list]) => [name, only(list)]))
}

/** Signing parameters of S3 (also version 2), Google Cloud Storage, Azure SAS and CloudFront. Every signature changes them. */
function isSigning(name: string, names: ReadonlySet<string>): boolean {
  if (/^x-(?:amz|goog)-/i.test(name)) return true
  if (names.has('sig') && /^(?:sig|se|st|sv|sr|sp|spr|sip|sk[a-z]*)$/.test(name)) return true
  return names.has('Signature') && /^(?:Signature|Expires|Key-Pair-Id|Policy|AWSAccessKeyId)$/.test(name)
}

const nameOf = (pair: string): string => pair.replace(/=.*$/s, '')

/** A media URL without the parameters of its signature: a URL that is signed again names the same object. */
export function unsignedUrl(url: string): string {
  const start = url.indexOf('?')
  if (start === -1) return url
  const hash = url.indexOf('#', start)
  const end = hash === -1 ? url.length : hash
  const pairs = url.slice(start + 1, end).split('&')
  const names = new Set(pairs.map(nameOf))
  const kept = pairs.filter((pair) => !isSigning(nameOf(pair), names))
  if (kept.length === pairs.length) return url
  return url.slice(0, start) + (kept.length > 0 ? `?${kept.join('&')}` : '') + url.slice(end)
}
