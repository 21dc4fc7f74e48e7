import { PLACEHOLDER } from '../edits.ts'
import { isSecretHeader, plainName, SECRET_FIELDS } from '../names.ts'
import type { UrlRedaction } from './urls.ts'
import { redactUrl } from './urls.ts'

const URL_IN_TEXT = /\b(?:http|ws)s?:\/\/[^\s"'<>`\\]+/gi
/** `authorization: Bearer x`, `'x-api-key': 'x'`: a header as logs, stack traces and inspected objects show it. */
const HEADER_IN_TEXT =
  /(?<![\w-])([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(["']?[ \t]*:[ \t]*["']?)((?:(?:Basic|Bearer|Digest|Token)[ \t]+)?)([^\s"',;]+)/gi

/** `"client_secret": "x"`, `password='x'`: a field as inspected objects and quoted bodies show it. */
const FIELD_IN_TEXT = /(?<![\w-])(["']?)([A-Za-z][\w-]*)\1(\s*[:=]\s*)(["'])([^"'\s]+)\4/g
/** The path and query of a request line. */
const TARGET_IN_TEXT = /(?<![^\s("'])\/[^\s"'<>`\\?]*\?[^\s"'<>`\\]+/g

/** A message without secrets: known ones wherever they stand, those in its URLs, and the values of secret headers. */
export function redactMessage(text: string, redaction: UrlRedaction): string {
  const { rules, search } = redaction
  const withoutUrls = text
    .replace(URL_IN_TEXT, (url) => redactUrlInText(url, redaction))
    .replace(TARGET_IN_TEXT, (target) => redactUrlInText(target, redaction))
  const withoutHeaders = withoutUrls.replace(
    HEADER_IN_TEXT,
    (whole: string, name: string, colon: string, scheme: string, value: string) => {
      const lower = name.toLowerCase()
      const secret = rules.headers.has(lower) || isSecretHeaderInText(lower)
      if (!secret || rules.keep.has(plainName(name)) || value === PLACEHOLDER) return whole
      return name + colon + scheme + PLACEHOLDER
    },
  )
  const withoutFields = withoutHeaders.replace(
    FIELD_IN_TEXT,
    (whole: string, quote: string, name: string, colon: string, mark: string) => {
      const plain = plainName(name)
      const secret = SECRET_FIELDS.has(plain) && !rules.keep.has(plain)
      return secret ? quote + name + quote + colon + mark + PLACEHOLDER + mark : whole
    },
  )
  return search.redactString(withoutFields)
}

/** One word (`token: expected`) is prose; names with a hyphen, and those that cannot be anything else, are headers. */
function isSecretHeaderInText(name: string): boolean {
  return isSecretHeader(name) && (name.includes('-') || name === 'authorization' || name === 'cookie')
}

/** Punctuation at the end belongs to the sentence, and what a reader is told to look up keeps its fragment. */
function redactUrlInText(text: string, redaction: UrlRedaction): string {
  const end = /[.,;:!?)\]}]*$/.exec(text)?.[0] ?? ''
  const url = text.slice(0, text.length - end.length)
  const fragment = /#[\w-]*$/.exec(url)?.[0] ?? ''
  return redactUrl(url, redaction) + fragment + end
}
