import { looksLikeCredential } from '../../base/value-shapes.ts'
import {
  AMBIGUOUS_FIELDS,
  plainName,
  plainNames,
  SECRET_FIELDS,
} from '../../providers/requests/credentials.ts'
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import { type Edit, isStandIn, mergeEdits } from '../edits.ts'
import type { RedactionRules } from '../options.ts'

/** An element with text alone. */
const ELEMENT = /<(?:[\w-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<]+)<\//dg
/** A field of an HTML form, or a value for scripts. */
const FIELD = /<(?:input|meta)\s[^<>]*>/gi
const FIELD_NAME = /\sname\s*=\s*["']?([^\s"'>]+)/i
const FIELD_VALUE = /\s(?:value|content)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))/di

/** What they hold is a text of HTML, or the name of an object in a listing (S3). */
const PLAIN_ELEMENTS = plainNames('code key')
/** A tag, and the text up to the next one. */
const TAG = /<(?:[\w-]{1,100}:)?([\w.-]{1,100})(\s[^<>]{0,4000})?>(?:\s{0,200}<!\[CDATA\[)?([^<>\]]{0,8192})/g
const ATTRIBUTE = /(?<=\s)(?:[\w-]{1,100}:)?([\w.-]{1,100})\s{0,20}=\s{0,20}(["'])([^"'<>]{1,4000})\2/g
/** Attributes that name what `value`, `content` or the text of their element is. */
const LABELS = new Set(['name', 'key', 'property'])

/** Names of the fields by which a server knows its own form again. */
const FORM_TOKENS = plainNames(
  'csrf csrf_token csrf_param_token csrfmiddlewaretoken xsrf xsrf_token authenticity_token RequestVerificationToken',
)

/** Whether a text begins as XML or HTML. */
export const isMarkup = (text: ByteText): boolean => /^(?:\u00ef\u00bb\u00bf)?\s*</.test(text)

/** Secrets in XML and HTML: elements, attributes and fields whose name makes their text a secret. */
export function markupEdits(text: ByteText, rules: RedactionRules): Edit[] {
  if (!isMarkup(text)) return []
  const edits: Edit[] = []
  const hide = (name: string, place: readonly [number, number] | undefined): void => {
    if (place === undefined) return
    const written = text.slice(...place)
    const value = unescaped(fromByteText(written))
    if (isStandIn(value)) return
    const standIn = isSecret(name, value, rules)
      ? rules.given.hide(name, value, 'field')
      : rules.given.of(name, value, 'field')
    if (standIn !== undefined) edits.push({ start: place[0], end: place[1], text: toByteText(standIn) })
  }
  for (const { 1: name = '', indices } of text.matchAll(ELEMENT))
    if (!PLAIN_ELEMENTS.has(plainName(name))) hide(fromByteText(name), trimmed(text, indices?.[2]))
  for (const { 0: tag, index } of text.matchAll(FIELD)) {
    const name = FIELD_NAME.exec(tag)?.[1]
    const found = FIELD_VALUE.exec(tag)?.indices
    const place = found?.[1] ?? found?.[2] ?? found?.[3]
    if (name !== undefined && place) hide(fromByteText(name), [index + place[0], index + place[1]])
  }
  for (const { name, start, end } of labelled(text)) hide(fromByteText(name), trimmed(text, [start, end]))
  return mergeEdits(edits)
}

/** Attributes by their own name or by that of their element, and text in CDATA or in an element that an attribute names. */
function* labelled(text: ByteText): Generator<{ name: string; start: number; end: number }> {
  for (const { 0: all, 1: element = '', 2: inside = '', 3: content = '', index } of text.matchAll(TAG)) {
    const tagEnd = index + all.indexOf('>')
    const attributes = [...inside.matchAll(ATTRIBUTE)].map(
      ({ 0: whole, 1: name = '', 3: value = '', index: at }) => {
        const end = tagEnd - inside.length + at + whole.length - 1
        return { name, value, start: end - value.length, end }
      },
    )
    const label = attributes.find(({ name }) => LABELS.has(name.toLowerCase()))?.value
    for (const { name, start, end } of attributes) {
      if (LABELS.has(name.toLowerCase())) continue
      yield { name: /^(?:value|content)$/i.test(name) ? (label ?? name) : name, start, end }
    }
    const end = index + all.length
    const isData = all.includes('<![CDATA[')
    if (content !== '' && (label !== undefined || isData))
      yield { name: label ?? element, start: end - content.length, end }
  }
}

function isSecret(name: string, value: string, { keep }: RedactionRules): boolean {
  const plain = plainName(name)
  if (keep.has(plain)) return false
  return (
    SECRET_FIELDS.has(plain) ||
    ((AMBIGUOUS_FIELDS.has(plain) || FORM_TOKENS.has(plain)) && looksLikeCredential(value))
  )
}

function trimmed(text: ByteText, place: readonly [number, number] | undefined): [number, number] | undefined {
  if (place === undefined) return undefined
  const [start, end] = place
  const inner = text.slice(start, end)
  const from = start + inner.length - inner.trimStart().length
  const to = start + inner.trimEnd().length
  return from < to ? [from, to] : undefined
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (entity, decimal, hex, name) => {
    if (name) return ENTITIES[String(name)] ?? entity
    const code = decimal ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })
