import { SECRET_FIELDS, plainName } from '../providers/requests/credentials.ts'
import { MIN_SECRET_BYTES } from './search/secret-patterns.ts'

/** Variable names that suggest a secret. `PASS`, `PWD`, `PAT` and `DSN` count only as whole words of a name. */
const SECRET_NAME =
  /KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH|APIKEY|BEARER|COOKIE|JWT|CONNECTION_?STRING|CONN_?STR|(?:^|_)(?:PASS|PWD|PAT|DSN)(?:_|$)/i

/** Harmless names that match it too: the author of a commit, a keyboard, a tokenizer, the working directory. */
const HARMLESS_NAME = /AUTHOR(?!IZ)|KEYBOARD|KEYMAP|TOKENIZER|^(?:OLD)?PWD$/i

/** Names for which even a plain number is a secret. */
const PASSWORD_NAME = /SECRET|PASS|CREDENTIAL|PWD/i

/** Values that occur in many files and prompts. Hiding them protects nothing and breaks matching. */
const HARMLESS_VALUES: ReadonlySet<string> = new Set(
  `changeme disabled password postgres required optional undefined redacted username localhost 127.0.0.1 anonymous
  unlimited placeholder`.split(/\s+/),
)

const FILE_PATH =
  /^(?:~|\.{1,2}|[A-Za-z]:)[\\/]|^\/(?:Applications|Library|Users|Volumes|app|bin|builds|code|data|dev|etc|github|home|mnt|nix|opt|private|proc|root|run|secrets|snap|srv|sys|tmp|usr|var|workspaces?|__w)\//
const FILE_NAME = /(?:FILE|PATH|DIR|SOCK|SOCKET)$/i

/**
 * The literal values that must never be written. They come from every variable whose name looks secret and that `keep` does
 * not name. A value must have {@link MIN_SECRET_BYTES} bytes or more. Not secret are: file paths, URLs without credentials,
 * whole numbers (unless the name says password or secret), and a few words such as `postgres`. Secrets inside a value are
 * added: the token after `Bearer`, the password of `user:password` and of a URL (for every variable name, such as
 * `DATABASE_URL`), and the secret members of JSON credentials and connection strings.
 */
export function environmentSecrets(
  env: Readonly<Record<string, string | undefined>>,
  keep: ReadonlySet<string>,
): string[] {
  const secrets = new Set<string>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || keep.has(plainName(name))) continue
    const text = value.trim()
    const found = isSecretName(name) ? secretsOf(name, text) : urlSecrets(text)
    for (const secret of found) {
      if (Buffer.byteLength(secret) >= MIN_SECRET_BYTES && !HARMLESS_VALUES.has(secret.toLowerCase()))
        secrets.add(secret)
    }
  }
  return [...secrets]
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(HARMLESS_NAME, ''))
}

function secretsOf(name: string, value: string): string[] {
  if (isFilePath(name, value)) return []
  if (/^\d+$/.test(value) && value.length < 24 && !PASSWORD_NAME.test(name)) return []
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    const inside = urlSecrets(value)
    return inside.length > 0 ? [value, ...inside] : /^https?:\/\/[^?#]*$/i.test(value) ? [] : [value]
  }
  return [value, ...partsOf(value)]
}

function isFilePath(name: string, value: string): boolean {
  if (!/^[\w.@~:+,\\/-]+$/.test(value)) return false
  return FILE_PATH.test(value) || (FILE_NAME.test(name) && /[\\/]/.test(value))
}

/** The password in `scheme://user:password@host`, decoded and as written. */
function urlSecrets(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:([^/?#]+)@/i.exec(value)?.[1]
  return password === undefined ? [] : [password, decoded(password)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function partsOf(value: string): string[] {
  const parts: string[] = []
  const quoted = /^(["'])(.*)\1$/s.exec(value)?.[2]
  if (quoted !== undefined) parts.push(quoted)
  const scheme = /^(?:Bearer|Basic|Token)\s+(\S+)$/i.exec(value)?.[1]
  if (scheme !== undefined) parts.push(scheme)
  const password = /^[^\s:{}"]{1,64}:([^\s:]+)$/.exec(value)?.[1]
  if (password !== undefined) parts.push(password)
  if (value.includes(';')) {
    for (const [, name = '', part = ''] of value.matchAll(/(?:^|;)\s*([A-Za-z ]+)=([^;]+)/g)) {
      if (SECRET_NAME.test(name) || /pass|pwd/i.test(name)) parts.push(part)
    }
  }
  if (value.startsWith('{')) parts.push(...jsonParts(value))
  return parts
}

function jsonParts(value: string): string[] {
  const parts: string[] = []
  try {
    JSON.parse(value, (name, member: unknown) => {
      if (
        typeof member === 'string' &&
        (SECRET_FIELDS.has(plainName(name)) || plainName(name) === 'privatekeyid')
      )
        parts.push(member)
      return member
    })
  } catch {
    return []
  }
  return parts
}
