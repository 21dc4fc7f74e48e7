import type { IgnoreRule } from './options.ts'

const escape = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
const glob = (pattern: string): RegExp => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i')

/** A `ws:` or `wss:` URL is also tried as `http:` or `https:`, so that one rule can name everything of a server. */
const spellings = (url: string): string[] => (/^wss?:/i.test(url) ? [url, `http${url.slice(2)}`] : [url])

/**
 * Compiles ignore rules. A text without a scheme or a path is a host (`localhost`, `localhost:3000`, `*.internal`). Without a
 * port it means any port. Any other text is a URL. `*` stands for any text.
 */
export function compileIgnore(rules: readonly IgnoreRule[]): (method: string, url: string) => boolean {
  const tests = rules.map((rule) => {
    if (typeof rule === 'function') return (method: string, url: string) => rule({ method, url })
    // A sticky or global expression keeps its position between calls: each call uses a new copy.
    if (rule instanceof RegExp)
      return (_: string, url: string) => spellings(url).some((one) => new RegExp(rule).test(one))
    if (rule.includes('/'))
      return (_: string, url: string) => spellings(url).some((one) => glob(rule).test(one))
    const host = glob(rule)
    // An IPv6 address has colons, too.
    const hasPort = /^[^:]*:\d+$|\]:\d+$/.test(rule)
    return (_: string, url: string) => {
      const parsed = URL.parse(url)
      return parsed !== null && host.test(hasPort ? parsed.host : parsed.hostname.replace(/^\[|\]$/g, ''))
    }
  })
  return (method, url) => tests.some((test) => test(method, url))
}
