import { looksLikeCredential, MIN_RANDOM } from '../base/value-shapes.ts'
import { SECRET_FIELDS, plainName } from '../providers/requests/credentials.ts'
import { MIN_SECRET_BYTES } from './search/secret-patterns.ts'

/** Variable names that suggest a secret. `PASS`, `PWD`, `PAT` and `DSN` count only as whole words of a name. */
const SECRET_NAME =
  /KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH|APIKEY|BEARER|COOKIE|JWT|CONNECTION_?STRING|CONN_?STR|(?:^|_)(?:PASS|PWD|PAT|DSN)(?:_|$)/i

/** Harmless names that match it too: the author of a commit, a keyboard, a tokenizer, the working directory. */
const HARMLESS_NAME = /AUTHOR(?!IZ)|KEYBOARD|KEYMAP|TOKENIZER|^(?:OLD)?PWD$/i

/** Names of passwords: any value is a secret. `PASS` and `PWD` count only as whole words. */
const PASSWORD_NAME = /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET)(?![A-Z])|(?:^|_)(?:PASS|PWD)(?:_|$)/i
/** What such a name ends with if it names where a secret is. */
const PLACE_NAME = /(?:^|_)(?:URL|URI|HOST|ENDPOINT|FILE|PATH|DIR)$/i

/** Names of URLs whose path is the credential. */
const WEBHOOK_NAME = /WEB_?HOOK/i

/** Names for which even a plain number is a secret. */
const NUMBER_NAME = /SECRET|PASS|CREDENTIAL|PWD/i

/** Values that occur in many files and prompts. Hiding them protects nothing and breaks matching. */
const HARMLESS_VALUES: ReadonlySet<string> = new Set(
  `changeme disabled password postgres required optional undefined redacted username localhost 127.0.0.1 anonymous
  unlimited placeholder`.split(/\s+/),
)

const FILE_PATH =
  /^(?:~|\.{1,2}|[A-Za-z]:)[\\/]|^\/(?:Applications|Library|Users|Volumes|app|bin|builds|code|data|dev|etc|github|home|mnt|nix|opt|private|proc|root|run|secrets|snap|srv|sys|tmp|usr|var|workspaces?|__w)\//
const FILE_NAME = /(?:FILE|PATH|DIR|SOCK|SOCKET)$/i

/** A name of a host, with a suffix that is not part of a token. Any country has two letters. */
const HOST_NAME =
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|app|ai|edu|gov|cloud|info|biz|local|localhost|internal|lan|test|example|invalid|svc|arpa|[a-z]{2})(?::\d{1,5})?$/i
/** A column, a table, a mode: a value of which a program has many. */
const WORD = /^[a-z]{1,15}$/i
const NUMBER = /^[-+]?\d+(?:\.\d+)?$/

/**
 * The literal values that must never be written. They come from every variable whose name looks secret and that `keep` does
 * not name. A value must have {@link MIN_SECRET_BYTES} bytes or more. The value of a variable that is named like a password is
 * always secret, but for a few words such as `postgres`. Of other names, not secret are: one word of up to 15 letters, names of
 * hosts, file paths, URLs without credentials, and numbers. Secrets inside a value are added: the token after `Bearer`, the
 * password of `user:password` and of a URL (for every variable name, such as `DATABASE_URL`), the random part of a URL's path,
 * and the secret members of JSON credentials and connection strings.
 */
export function environmentSecrets(
  env: Readonly<Record<string, string | undefined>>,
  keep: ReadonlySet<string>,
): string[] {
  const secrets = new Set<string>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || keep.has(plainName(name))) continue
    const text = value.trim()
    for (const secret of found(name, text)) {
      if (Buffer.byteLength(secret) >= MIN_SECRET_BYTES && !HARMLESS_VALUES.has(secret.toLowerCase()))
        secrets.add(secret)
    }
  }
  return [...secrets]
}

/** Words and numbers, as names, versions and phrases are made of. */
const WORDS = /^(?:[a-z]+|\d+)(?:[\s_.:/-]+(?:[a-z]+|\d+))*\d{0,4}$/i

/**
 * Whether a secret has 16 characters or more that do not form words. Such text means nothing else, so it is replaced everywhere.
 * Other secrets may also be the name of a field or a part of a path.
 */
export const isUnmistakable = (secret: string): boolean =>
  secret.length >= MIN_RANDOM && (!WORDS.test(secret) || looksLikeCredential(secret.replace(/\s/g, '')))

function found(name: string, value: string): string[] {
  if (isSecretName(name)) return secretsOf(name, value)
  return WEBHOOK_NAME.test(name) ? secretPaths(value) : urlSecrets(value)
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(HARMLESS_NAME, ''))
}

function secretsOf(name: string, value: string): string[] {
  const isPassword = PASSWORD_NAME.test(name) && !PLACE_NAME.test(name)
  if (!isPassword && isHarmless(name, value)) return []
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    const inside = [...urlSecrets(value), ...secretPaths(value)]
    if (inside.length > 0) return [...new Set([value, ...inside])]
    return !isPassword && /^https?:\/\/[^?#]*$/i.test(value) ? [] : [value]
  }
  return [value, ...partsOf(value)]
}

function isHarmless(name: string, value: string): boolean {
  if (WORD.test(value) || HOST_NAME.test(value) || isFilePath(name, value)) return true
  return NUMBER.test(value) && value.length < 24 && !NUMBER_NAME.test(name)
}

/** A URL whose path is a credential (Slack, Discord, Zapier), and the random parts of that path. */
function secretPaths(value: string): string[] {
  const path = /^https?:\/\/[^/?#]+(\/[^?#]*)/i.exec(value)?.[1]
  const random = path?.split('/').filter((part) => looksLikeCredential(decoded(part))) ?? []
  return random.length === 0 ? [] : [value, ...random]
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
