import { viewOf } from './views.ts'

/** Minimum length of a secret in UTF-8 bytes. Shorter ones would match prose. */
export const MIN_SECRET_BYTES = 8

/** One way in which a secret can be written in a body. */
export type SecretPattern = (PlainPattern | Base64Pattern) & {
  /** See `Edit`. */
  readonly mayBeName?: true
  /** What replaces the secret. Absent: the placeholder of all secrets. */
  readonly standIn?: string
}

export interface PlainPattern {
  readonly kind: 'plain'
  readonly bytes: Uint8Array
}

/** The part of a secret's base64 that does not depend on the text around it. */
export interface Base64Pattern {
  readonly kind: 'base64'
  readonly bytes: Uint8Array
  /** How many bytes of the group of three in which the secret starts come before it: 0, 1 or 2. */
  readonly alignment: 0 | 1 | 2
  /** How many characters of the group of four in which the pattern starts come before it. */
  readonly lead: number
  /** The bytes that are encoded. */
  readonly plain: Uint8Array
}

/**
 * Every way in which these secrets can be written in text that is not decoded.
 * @param words those of the secrets that may also be the name of a field
 * @param standIns what replaces them, if not the placeholder of all secrets
 */
export function patternsOf(
  secrets: readonly string[],
  words: ReadonlySet<string> = NONE,
  standIns?: ReadonlyMap<string, string>,
): SecretPattern[] {
  const patterns = patternsOfAll(
    secrets.filter((secret) => !words.has(secret)),
    standIns,
  )
  for (const [key, pattern] of patternsOfAll(secrets.filter((secret) => words.has(secret))))
    if (!patterns.has(key))
      // Its base64 is no word.
      patterns.set(key, pattern.kind === 'plain' ? { ...pattern, mayBeName: true } : pattern)
  return [...patterns.values()]
}

const NONE: ReadonlySet<string> = new Set()

function patternsOfAll(
  secrets: readonly string[],
  standIns?: ReadonlyMap<string, string>,
): Map<string, SecretPattern> {
  const patterns = new Map<string, SecretPattern>()
  for (const secret of secrets) {
    const standIn = standIns?.get(secret)
    const add = (pattern: SecretPattern): void =>
      addTo(patterns, standIn === undefined ? pattern : { ...pattern, standIn })
    const bytes = Buffer.from(secret, 'utf8')
    if (bytes.length < MIN_SECRET_BYTES) continue
    add({ kind: 'plain', bytes })
    const hex = bytes.toString('hex')
    for (const text of [hex, hex.toUpperCase()]) add({ kind: 'plain', bytes: Buffer.from(text) })
    if (secret.includes(' ')) add({ kind: 'plain', bytes: Buffer.from(secret.replaceAll(' ', '+')) })
    for (const form of encodedForms(secret)) {
      for (const alignment of [0, 1, 2] as const) addBase64(add, form, alignment)
    }
  }
  return patterns
}

/** The patterns for text that is read folded. Patterns that folding makes too short are omitted. */
export function foldedPatternsOf(patterns: readonly SecretPattern[]): SecretPattern[] {
  const folded = new Map<string, SecretPattern>()
  for (const pattern of patterns) {
    const bytes = viewOf(withoutOpenEnd(pattern.bytes), 'folded').bytes
    if (bytes.length >= MIN_SECRET_BYTES) addTo(folded, { ...pattern, bytes })
  }
  return [...folded.values()]
}

function addTo(patterns: Map<string, SecretPattern>, pattern: SecretPattern): void {
  const key = Buffer.from(pattern.bytes).toString('latin1')
  if (!patterns.has(key)) patterns.set(key, pattern)
}

/** The forms that programs encode in base64: the secret, and its escaped forms (OAuth's basic authentication, JSON payloads). */
function encodedForms(secret: string): Buffer[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const forms = new Set([
    secret,
    encodeURIComponent(secret.toWellFormed()),
    json,
    json.replaceAll('/', '\\/'),
  ])
  return [...forms].map((form) => Buffer.from(form, 'utf8'))
}

function addBase64(add: (pattern: SecretPattern) => void, plain: Buffer, alignment: 0 | 1 | 2): void {
  const encoded = Buffer.concat([Buffer.alloc(alignment), plain]).toString('base64')
  const lead = Math.ceil((alignment * 8) / 6)
  const core = encoded.slice(lead, Math.floor(((alignment + plain.length) * 8) / 6))
  for (const text of new Set([core, core.replaceAll('+', '-').replaceAll('/', '_')])) {
    add({ kind: 'base64', bytes: Buffer.from(text, 'latin1'), alignment, lead, plain })
  }
}

/** Removes an escape at the end that would include the text after the secret. */
function withoutOpenEnd(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  return bytes.subarray(0, text.replace(/(?:\\+(?:u[0-9a-f]{0,3})?|%(?:25)*[0-9a-f]?)$/i, '').length)
}
