import { isLoopback } from '../../providers/requests/location.ts'
import type { IgnoreRule } from './options.ts'

const escape = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
const glob = (pattern: string): RegExp => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i')

/** A `ws:` or `wss:` URL is also tried as `http:` or `https:`, so that one rule can name everything of a server. */
const spellings = (url: string): string[] => (/^wss?:/i.test(url) ? [url, `http${url.slice(2)}`] : [url])

/** Each is a name of this machine. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]', '0.0.0.0']
/** A rule with one name of this machine for all others. */
const named = (rule: string): string =>
  rule.replace(/(?<=^|\/\/)(?:\[[^\]]*\]|::1$|[^:/]+)(?=[:/]|$)/g, (host) =>
    host === '::1' || isLoopback(host.toLowerCase()) ? 'localhost' : host,
  )

/** A URL of this machine is also tried with its other names. */
function addresses(url: string): string[] {
  const { hostname = '', protocol, port = '' } = URL.parse(url) ?? {}
  if (!isLoopback(hostname)) return [url]
  const rest = url.replace(/^[^:]*:\/\/[^/?#]*/, '')
  const colon = port === '' ? '' : ':'
  return [url, ...LOOPBACK_NAMES.map((name) => `${protocol}//${name}${colon}${port}${rest}`)]
}

/**
 * Compiles ignore rules. A text without a scheme or a path is a host (`localhost`, `localhost:3000`, `*.internal`). Without a
 * port it means any port. Any other text is a URL. `*` stands for any text. All names of this machine are one host.
 */
export function compileIgnore(rules: readonly IgnoreRule[]): (method: string, url: string) => boolean {
  const tests = rules.map((rule) => {
    if (typeof rule === 'function') return (method: string, url: string) => rule({ method, url })
    // A sticky or global expression keeps its position between calls: each call uses a new copy.
    if (rule instanceof RegExp)
      return (_: string, url: string) => spellings(url).some((one) => new RegExp(rule).test(one))
    const pattern = glob(named(rule))
    if (rule.includes('/'))
      return (_: string, url: string) =>
        spellings(url)
          .flatMap(addresses)
          .some((one) => pattern.test(one))
    // An IPv6 address has colons, too.
    const hasPort = /^[^:]*:\d+$|\]:\d+$/.test(rule)
    return (_: string, url: string) =>
      addresses(url).some((one) => {
        const { host = '', hostname = '' } = URL.parse(one) ?? {}
        return pattern.test(hasPort ? host : hostname.replace(/^\[|\]$/g, ''))
      })
  })
  return (method, url) => tests.some((test) => test(method, url))
}
