import { PLACEHOLDER } from '../edits.ts'
import { SECRET_FIELDS, plainName } from '../../providers/requests/credentials.ts'
import { isSecretHeader } from '../names.ts'
import type { UrlRedaction } from './urls.ts'
import { redactUrl } from './urls.ts'

const URL_IN_TEXT = /\b(?:http|ws)s?:\/\/[^\s"'<>`\\]+/gi
/** `authorization: Bearer x`, `'x-api-key': 'x'`: a header in logs, stack traces and inspected objects. */
const HEADER_IN_TEXT =
  /(?<![\w-])([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(["']?[ \t]*:[ \t]*["']?)((?:(?:Basic|Bearer|Digest|Token)[ \t]+)?)([^\s"',;]+)/gi

/** `"client_secret": "x"`, `password='x'`: a field in inspected objects and quoted bodies. */
const FIELD_IN_TEXT = /(?<![\w-])(["']?)([A-Za-z][\w-]*)\1(\s*[:=]\s*)(["'])([^"'\s]+)\4/g
/** The path and query of a request line. */
const TARGET_IN_TEXT = /(?<![^\s("'])\/[^\s"'<>`\\?]*\?[^\s"'<>`\\]+/g

/** Removes known secrets, secrets in URLs, and the values of secret headers from a message. */
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

/** A single word (`token: expected`) is prose. Names with a hyphen and unambiguous names are headers. */
function isSecretHeaderInText(name: string): boolean {
  return isSecretHeader(name) && (name.includes('-') || name === 'authorization' || name === 'cookie')
}

/** Punctuation at the end belongs to the sentence. The fragment of a documentation link stays. */
function redactUrlInText(text: string, redaction: UrlRedaction): string {
  const end = /[.,;:!?)\]}]*$/.exec(text)?.[0] ?? ''
  const url = text.slice(0, text.length - end.length)
  const fragment = /#[\w-]*$/.exec(url)?.[0] ?? ''
  return redactUrl(url, redaction) + fragment + end
}
