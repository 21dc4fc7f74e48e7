import type { HeaderPairs } from '../exchange/exchange.ts'

/** Reads a value that another tool wrote, without trusting its shape. */
export type Members = Readonly<Record<string, unknown>>

export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
    ? (value as Members)
    : {}

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : []

/** A scalar as text. '' for everything else. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Buffer.isBuffer(value)) return value.toString('utf8')
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : ''
}

export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** An object of headers: a value, or a list of values, for each name. Or a list of pairs, or of `{name, value}`. */
export function pairsOf(headers: unknown): HeaderPairs {
  if (Array.isArray(headers))
    return headers.flatMap((item: unknown): HeaderPairs => {
      if (Array.isArray(item)) return [[textOf(item[0]), textOf(item[1])]]
      const { name, value } = membersOf(item)
      return name === undefined ? [] : [[textOf(name), textOf(value)]]
    })
  return Object.entries(membersOf(headers)).flatMap(([name, value]): HeaderPairs =>
    Array.isArray(value) ? value.map((one) => [name, textOf(one)]) : [[name, textOf(value)]],
  )
}

/** A body as a tool keeps it: text, bytes, or a JSON value. `null`: none. */
export function bodyOf(value: unknown): Buffer | null {
  if (value === undefined || value === null) return null
  if (Buffer.isBuffer(value)) return value
  if (typeof value === 'string') return Buffer.from(value)
  return Buffer.from(JSON.stringify(value))
}
