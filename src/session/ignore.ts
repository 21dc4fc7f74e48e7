import type { IgnoreRule } from './options.ts'

const escape = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
const glob = (pattern: string): RegExp => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`, 'i')

/**
 * Compiles ignore rules. A text without a scheme or a path is a host (`localhost`, `localhost:3000`,
 * `*.internal`; without a port: any port); any other text is a URL in which `*` stands for anything.
 */
export function compileIgnore(rules: readonly IgnoreRule[]): (method: string, url: string) => boolean {
  const tests = rules.map((rule) => {
    if (typeof rule === 'function') return (method: string, url: string) => rule({ method, url })
    // A sticky or global expression keeps its place between calls: each call gets a fresh one.
    if (rule instanceof RegExp) return (_: string, url: string) => new RegExp(rule).test(url)
    if (rule.includes('/')) return (_: string, url: string) => glob(rule).test(url)
    const host = glob(rule)
    // An IPv6 address has colons of its own.
    const hasPort = /^[^:]*:\d+$|\]:\d+$/.test(rule)
    return (_: string, url: string) => {
      const parsed = URL.parse(url)
      return parsed !== null && host.test(hasPort ? parsed.host : parsed.hostname.replace(/^\[|\]$/g, ''))
    }
  })
  return (method, url) => tests.some((test) => test(method, url))
}
