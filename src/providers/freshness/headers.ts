import type { HeaderPairs } from '../../exchange/exchange.ts'
import { shiftTime } from './shift-time.ts'

const RESET = /^(?:x-)?(?:[a-z]+-)?rate-?limit(?:-[a-z-]+)?-reset(?:-[a-z-]+)?$/
const COOKIE_EXPIRES = /(;\s*expires=)([^;]+)/gi

/**
 * Headers whose times are told as `seconds` later: those that clients compare with their own clock. `last-modified` belongs to
 * the answer, and stays.
 */
export const shiftHeaders = (headers: HeaderPairs, seconds: number): HeaderPairs =>
  headers.map(([name, value]) => [name, shiftHeader(name.toLowerCase(), value, seconds)])

function shiftHeader(name: string, value: string, seconds: number): string {
  if (name === 'set-cookie')
    return value.replace(COOKIE_EXPIRES, (_, start: string, date: string) => start + shiftTime(date, seconds))
  const isTime = name === 'date' || name === 'expires' || name === 'retry-after' || RESET.test(name)
  return isTime ? shiftTime(value, seconds) : value
}

/** Headers that say how many ms a client is to wait. */
const WAITS: ReadonlySet<string> = new Set(['retry-after-ms', 'x-ms-retry-after-ms', 'openai-poll-after-ms'])
/** Clients that obey `retry-after-ms`. */
const OBEDIENT = /\bazsdk-js|\bai-sdk\/|^(?:OpenAI|AzureOpenAI|Anthropic|Groq)\/JS /i

/**
 * Makes SDKs wait as little as they can. 0 ms makes some of them use their own default.
 * @param sent the headers of the request
 */
export function withoutWaits(headers: HeaderPairs, status: number, sent: HeaderPairs): HeaderPairs {
  const shortened = headers.map(([name, value]): readonly [string, string] =>
    WAITS.has(name.toLowerCase()) && /^\d/.test(value) ? [name, '1'] : [name, value],
  )
  const isRetried = status === 408 || status === 409 || status === 429 || status >= 500
  const hasWait = headers.some(([name]) => name.toLowerCase() === 'retry-after-ms')
  const isSdk = sent.some(([name, value]) => {
    const key = name.toLowerCase()
    return key === 'x-stainless-lang' || (key === 'user-agent' && OBEDIENT.test(value))
  })
  return isRetried && isSdk && !hasWait ? [...shortened, ['retry-after-ms', '1']] : shortened
}
