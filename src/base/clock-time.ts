/** 2000-01-01 and 2100-01-01, ms since 1970. */
const FIRST = 946_684_800_000
const LAST = 4_102_444_800_000

/** How many of each unit a millisecond has, for s, ms, µs and ns. The ranges of the four between 2000 and 2100 do not overlap. */
const UNITS = [0.001, 1, 1000, 1_000_000] as const

const NUMBER = /^\d{9,19}(?:\.\d{1,9})?$/
/** ISO 8601 with a time of day, also without separators as AWS writes it, and the date of HTTP (RFC 9110). */
const ISO = /^\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/
const HTTP = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/

/**
 * The moment that a value names, ms since 1970, if it is a time of a clock from 2000 to 2100: s, ms, µs or ns since 1970 (a
 * number or its digits), ISO 8601 with a time of day, or an HTTP date.
 */
export function clockTime(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? ofNumber(value) : undefined
  if (typeof value !== 'string' || value.length > 40) return undefined
  if (NUMBER.test(value)) return ofNumber(Number(value))
  if (!ISO.test(value) && !HTTP.test(value)) return undefined
  const time = Date.parse(value.replace(BASIC, '$1-$2-$3T$4:$5:$6Z'))
  return time >= FIRST && time < LAST ? time : undefined
}

function ofNumber(number: number): number | undefined {
  return UNITS.map((unit) => number / unit).find((time) => time >= FIRST && time < LAST)
}
