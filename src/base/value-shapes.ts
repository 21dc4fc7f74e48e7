/** The shortest value that is long enough to be a random credential, in characters. */
export const MIN_RANDOM = 16

const UUID = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i
const JWT = /^eyJ[\w-]+={0,2}\.[\w-]+={0,2}\.[\w-]*={0,2}$/
/** Whether a value is a JSON Web Token (RFC 7519). */
export const isJwt = (value: string): boolean => JWT.test(value)
/** The characters of hex, base64, base64url, JWTs and of tokens with a prefix (`req_...`, `v4.public....`). */
const TOKEN = /^[\w+/=.~-]+$/
/** A longer value is judged by its start. */
const JUDGED = 400

/**
 * Whether a value has the form that generators of credentials give: a UUID, a JWT, or 16 characters and more that look
 * random (hex, base64, base64url, with or without a prefix). Words, names, dates, numbers and paths do not.
 */
export function looksLikeCredential(value: string): boolean {
  if (value.length < MIN_RANDOM || !TOKEN.test(value)) return UUID.test(value)
  return UUID.test(value) || JWT.test(value) || looksRandom(value.slice(0, JUDGED))
}

/** The 200 pairs of letters that names and words have most often: nine of ten of their pairs, and three of ten random ones. */
const COMMON = new Set(
  `er co on re te or en ti in it nt st ro th om ic at le gi et es io an li ne ra so hu ub me os ns mi tr se to cr de ct
  ar em al ac as go ng of ec pe ea ri si ma ft ve el ta na ce is ge ex ap ch do ol pr od op la lo im un he rs ck po pl
  ur il di pa ad ry sp da ss ed ag tc rt oc cl ut ts oo ot lu nd ha ys ll ou am ni id iv ke ca vi sy mo xt mp nc ty fi
  ie pi ru ab sh gr rr ig ho tt sc og ib ue rv ai ba um cu we rm eb us bu ug bl pt ws ep hi no ul dd ia ht aw bo ze ow
  fo rk be ee va au cs ly yp iz rp ls rc fl qu pp ip ui ir wo ef sa bs fe az wi tp nn ew tu wa ob lt ud ph fr rd ev av
  ei ga ov by gh`.split(/\s+/),
)

/** How much a pair of characters speaks for random text: the logarithm of how much more often random text has it. */
const WEIGHTS = { common: -1.1, uncommon: 1.87, letterAndDigit: 1.6, capital: 0.8, digits: -0.1 }

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a
const isLetter = (code: number): boolean => isUpper(code) || (code >= 0x61 && code <= 0x7a)

function weightOf(before: number, code: number): number {
  if (isDigit(before) && isDigit(code)) return WEIGHTS.digits
  if (!isLetter(before) || !isLetter(code))
    return (isLetter(before) && isDigit(code)) || (isDigit(before) && isLetter(code))
      ? WEIGHTS.letterAndDigit
      : 0
  // A capital begins a word: what stands before it is another word.
  if (isUpper(code) && !isUpper(before)) return WEIGHTS.capital
  return COMMON.has(String.fromCharCode(before, code).toLowerCase()) ? WEIGHTS.common : WEIGHTS.uncommon
}

/** Words before the random part: `session-`, `tok_live_`. */
const PREFIX = /^(?:[A-Za-z]{1,12}[_.:-]){1,3}(?=.{16})/s
/** The weight of random text, for each character. */
const ENOUGH = 0.15

/** Random text changes between letters and digits all the time, and its letters do not form words. */
function looksRandom(value: string): boolean {
  const text = value.replace(PREFIX, '')
  const different = new Set(text.replace(/[^a-z0-9]/gi, '').toLowerCase()).size
  if (different < 7 || !/[a-z]/i.test(text) || isSequence(text)) return false
  let weight = 0
  for (let at = 1; at < text.length; at += 1) weight += weightOf(text.charCodeAt(at - 1), text.charCodeAt(at))
  return weight >= ENOUGH * text.length
}

/** Counted up: `0123456789abcdef`. */
function isSequence(text: string): boolean {
  let steps = 0
  for (let at = 1; at < text.length; at += 1)
    if (text.charCodeAt(at) - text.charCodeAt(at - 1) === 1) steps += 1
  return steps > text.length * 0.5
}
