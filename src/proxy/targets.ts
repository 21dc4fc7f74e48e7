import { CassetteOptionError } from '../errors/cassette-option-error.ts'
import { clientOf, KNOWN_CLIENTS } from './known-clients.ts'

/** A server that the proxy forwards to. */
export interface Target {
  /** The path of the proxy that leads to it, without a slash at the end: `''` or `/openai`. */
  readonly path: string
  /** `http://host` or `https://host`, with the port if it is not the default one. */
  readonly origin: string
  /** The path on the server, without a slash at the end. */
  readonly basePath: string
  /** Whether it is asked over HTTP/2 from the first byte on, as gRPC servers without TLS are. */
  readonly http2: boolean
}

const EXPECTED =
  'a URL (https://api.example.com), a path and a URL (/api=https://api.example.com), or a name: ' +
  Object.keys(KNOWN_CLIENTS).join(', ')

/**
 * Reads targets: a URL, `PATH=URL`, or the name of a known client. Of several, each needs a path of its own. A name has one.
 * @throws {CassetteOptionError} if a target is no such text, or two have one path
 */
export function targetsOf(texts: readonly string[]): Target[] {
  if (texts.length === 0) throw new CassetteOptionError('target', EXPECTED, 'none')
  const targets = texts.map((text) => targetOf(text, texts.length > 1))
  for (const [i, { path }] of targets.entries()) {
    if (targets.findIndex((one) => one.path === path) < i)
      throw new CassetteOptionError('target', 'a path of its own for each target', texts.join(' '))
  }
  return targets
}

function targetOf(text: string, isOneOfSeveral: boolean): Target {
  const named = Object.hasOwn(KNOWN_CLIENTS, text) ? KNOWN_CLIENTS[text] : undefined
  if (named) return { path: isOneOfSeveral ? `/${text}` : '', ...serverOf(named.url, text) }
  const [, given = '', url = ''] = /^([^=:?#]*)=(.*)$/s.exec(text) ?? ['', '', text]
  const path = given.replaceAll(/^\/*|\/+$/g, '')
  if (!/^[\w.~/-]*$/.test(path) || `/${path}/`.includes('/__cassette/') || hasDotSegment(`/${path}`))
    throw new CassetteOptionError('target', EXPECTED, JSON.stringify(text))
  return { path: path === '' ? '' : `/${path}`, ...serverOf(url, text) }
}

const SCHEMES: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
  'h2c:': 'http:',
}

function serverOf(text: string, given: string): Omit<Target, 'path'> {
  const isHttp2 = /^h2c:/i.test(text)
  const url = URL.parse(isHttp2 ? text.replace(/^h2c/i, 'http') : text)
  const scheme = url && SCHEMES[url.protocol]
  if (!url || !scheme || url.hostname === '' || url.username || url.password || url.search || url.hash)
    throw new CassetteOptionError('target', EXPECTED, JSON.stringify(given))
  return {
    origin: `${scheme}//${url.host}`,
    basePath: url.pathname.replace(/\/+$/, ''),
    http2: isHttp2,
  }
}

/** Whether a server may read the path as another one: `..` leads out of the target's own path. */
export const hasDotSegment = (path: string): boolean =>
  /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#;]|$)/i.test(path.split('?', 1)[0]?.replaceAll(/%2f|%5c/gi, '/') ?? '')

/** Where a request goes. */
export interface Destination {
  readonly target: Target
  /** The path and the query on the server. */
  readonly path: string
}

/** The target of a path of the proxy. `undefined`: it leads to none. */
export function destinationOf(targets: readonly Target[], path: string): Destination | undefined {
  // The longest first: `/api/v2` before `/api`.
  const [target] = targets
    .filter((one) => path.startsWith(one.path) && /^(?:[/?]|$)/.test(path.slice(one.path.length)))
    .toSorted((a, b) => b.path.length - a.path.length)
  if (!target) return undefined
  const rest = path.slice(target.path.length)
  return { target, path: `${target.basePath}${rest.startsWith('/') ? rest : `/${rest}`}` }
}

/** How a client is told to use the proxy. */
export interface Route {
  /** The URL of the server. */
  readonly target: string
  /** The base URL for the client. */
  readonly url: string
  /** The environment variable that the client reads its base URL from, if it is known. */
  readonly variable?: string
}

/** @param url the URL of the proxy, without a slash at the end */
export function routeOf({ path, origin, basePath }: Target, url: string): Route {
  const client = clientOf(origin)
  const base = `${url}${path}`
  const suffix = client && basePath === '' ? client.suffix : ''
  return {
    target: `${origin}${basePath}`,
    url: `${base}${suffix}`,
    ...(client?.variable && { variable: client.variable }),
  }
}
