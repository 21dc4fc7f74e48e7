/** Statuses after which the same request may succeed. 529: Anthropic is overloaded. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529])

export const mayPass = (status: number): boolean => PASSING.has(status)

/** The wait doubles from here, ms. */
const FIRST_MS = 500
const LONGEST_MS = 30_000
/** A server that asks for a longer wait than this has no place for us today. */
const LONGEST_ASKED_MS = 120_000

/**
 * How long to wait before the next attempt, ms. The server's own wish comes first (`retry-after-ms`, `retry-after` in seconds
 * or as a date, RFC 9110); otherwise it doubles each time, with a random part. `undefined`: do not try again.
 * @param attempt how many attempts there were, from 1
 * @param random from 0 to 1
 */
export function waitBefore(
  attempt: number,
  headers: Readonly<Record<string, string>>,
  { now, random }: { readonly now: number; readonly random: number },
): number | undefined {
  const asked = askedWait(headers, now)
  if (asked !== undefined) return asked > LONGEST_ASKED_MS ? undefined : asked
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)) * (0.5 + random / 2)
}

function askedWait(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (ms >= 0) return ms
  const after = headers['retry-after']
  if (after === undefined) return undefined
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(after)) return Number(after) * 1000
  const date = Date.parse(after)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
