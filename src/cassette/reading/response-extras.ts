type Mapping = Readonly<Record<string, unknown>>

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where in a value something is no form of a stand-in; `undefined`: nowhere. */
export function wrongForm(forms: unknown): string[] | undefined {
  if (forms === undefined) return undefined
  if (!isMapping(forms)) return []
  const wrong = Object.keys(forms).find((standIn) => !isForm(forms[standIn]))
  return wrong === undefined ? undefined : [wrong]
}

function isForm(form: unknown): boolean {
  if (!isMapping(form)) return false
  const { jwt, pairs, base64, digits, at } = form
  if (jwt !== undefined) return Array.isArray(jwt) && jwt.length > 0 && jwt.length < 3 && jwt.every(isMapping)
  if (digits !== undefined) return isDigits(digits) && typeof at === 'string'
  return pairs === undefined ? isMapping(base64) || typeof base64 === 'string' : typeof pairs === 'string'
}

const MAX_DIGITS = 8192
const isDigits = (digits: unknown): boolean => isWhole(digits) && digits > 0 && digits <= MAX_DIGITS

/** Whether a value is an entry of `turns`. */
export const isTurn = (turn: unknown): boolean =>
  Array.isArray(turn) && isWhole(turn[0]) && turn[0] >= 0 && (turn[1] === 'all' || isWhole(turn[1]))

/** Whether a value is an entry of `since`. */
export const isSince = (mark: unknown): boolean =>
  Array.isArray(mark) &&
  mark.length > 1 &&
  (mark[0] === 'head' || (isWhole(mark[0]) && mark[0] >= 0)) &&
  mark.slice(1).every((name) => typeof name === 'string' && name !== '')

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)
