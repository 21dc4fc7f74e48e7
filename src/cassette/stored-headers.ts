import type { HeaderPairs } from '../exchange/exchange.ts'
import type { StoredHeaders } from './interaction.ts'

/** The most readable form from which {@link headersFromStored} gives the same lines back. */
export function headersToStored(headers: HeaderPairs): StoredHeaders {
  const names = new Map<string, string>()
  const grouped: Record<string, string | string[]> = {}
  let previous: string | undefined
  for (const [name, value] of headers) {
    const known = names.get(name.toLowerCase())
    const values = grouped[name]
    if (isUnsafeKey(name) || (known !== undefined && (name !== previous || values === undefined))) {
      return headers.map(([one, other]): readonly [string, string] => [one, other])
    }
    names.set(name.toLowerCase(), name)
    if (known === undefined) grouped[name] = value
    else grouped[name] = typeof values === 'string' ? [values, value] : [...(values ?? []), value]
    previous = name
  }
  return grouped
}

export function headersFromStored(stored: StoredHeaders): HeaderPairs {
  if (isPairs(stored)) return stored.map(([name, value]) => [name, value] as const)
  return Object.entries(stored).flatMap(([name, values]) =>
    typeof values === 'string' ? [[name, values] as const] : values.map((value) => [name, value] as const),
  )
}

function isPairs(stored: StoredHeaders): stored is readonly (readonly [string, string])[] {
  return Array.isArray(stored)
}

/** An object would put a name of digits first, and lose `__proto__`. */
function isUnsafeKey(name: string): boolean {
  return name === '__proto__' || /^\d+$/.test(name)
}

/** Whether stored headers, which have been checked, ask for another protocol, such as WebSocket. */
export function asksToUpgrade(url: unknown, headers: unknown): boolean {
  // What opens a WebSocket is not among its stored headers.
  if (/^wss?:/i.test(String(url))) return true
  const names = Array.isArray(headers)
    ? (headers as [string][]).map(([name]) => name)
    : Object.keys(headers ?? {})
  return names.some((name) => name.toLowerCase() === 'upgrade')
}
