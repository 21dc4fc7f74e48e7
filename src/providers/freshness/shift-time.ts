import { clockTime } from '../../base/clock-time.ts'

const ISO = /^(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(.*)$/
/** The date of HTTP and of cookies, which may have dashes (RFC 6265, section 5.1.1). */
const HTTP = /^[A-Z][a-z]{2,8}, (\d\d)([- ])([A-Z][a-z]{2})[- ](\d{4}) (\d\d:\d\d:\d\d) GMT$/
const MS = 1000

/**
 * A moment `seconds` later, in the same form: an HTTP date, ISO 8601, or a number of s or ms since 1970. Other texts, and moments
 * that have no such form, stay as they are.
 */
export function shiftTime(text: string, seconds: number): string {
  const http = HTTP.exec(text)
  if (http) return shiftHttpDate(text, http, seconds)
  if (clockTime(text) === undefined) return text
  const [, day, separator = '', time, rest = ''] = ISO.exec(text) ?? []
  if (day !== undefined) {
    const shifted = isoOf(Date.parse(`${day}T${time ?? ''}Z`) + seconds * MS)
    return shifted === undefined ? text : `${shifted.slice(0, 10)}${separator}${shifted.slice(11)}${rest}`
  }
  const [, whole, fraction = ''] = /^(\d{9,10}|\d{12,13})(\.\d+)?$/.exec(text) ?? []
  if (whole === undefined) return text
  const unit = whole.length > 10 ? MS : 1
  return `${Number(whole) + seconds * unit}${fraction}`
}

function shiftHttpDate(text: string, parts: RegExpExecArray, seconds: number): string {
  const [, day = '', dash = ' ', month = '', year = '', time = ''] = parts
  const then = Date.parse(`${day} ${month} ${year} ${time} GMT`)
  const date = new Date(then + seconds * MS)
  // Servers write a date long ago to say that something has expired.
  if (clockTime(then) === undefined || isoOf(date.getTime()) === undefined) return text
  const [weekday, rest = ''] = date.toUTCString().split(', ')
  return `${weekday}, ${dash === '-' ? rest.replace(/^(\d\d) (\w+) /, '$1-$2-') : rest}`
}

/** `undefined`: no date, or none that has four digits for its year. */
function isoOf(ms: number): string | undefined {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 19) : undefined
}
