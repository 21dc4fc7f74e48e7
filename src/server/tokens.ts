import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { RegistryError } from '../errors/registry-error.ts'

export type Scope = 'read' | 'write'

/** A token as the server keeps it: nobody can get the token from it. */
export interface TokenRecord {
  readonly id: string
  /** Of the whole token, in hexadecimal. */
  readonly sha256: string
  readonly name: string
  /** `*`: every project. */
  readonly projects: readonly string[]
  /** `write` includes `read`. */
  readonly scope: Scope
  /** ISO 8601. */
  readonly created: string
  readonly expires?: string
}

const TOKEN = /^cst_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/

/** The file is beside the objects: no key begins with a dot. */
const tokensFile = (folder: string): string => join(folder, '.cassette', 'tokens.json')

/** @throws {RegistryError} if the file is there and cannot be read: then no token counts */
export function readTokens(folder: string): TokenRecord[] {
  const path = tokensFile(folder)
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return []
  try {
    const { version, tokens } = JSON.parse(readFileSync(path, 'utf8')) as {
      version: number
      tokens: TokenRecord[]
    }
    if (version === 1 && Array.isArray(tokens)) return tokens
  } catch {}
  throw new RegistryError(
    'corrupt',
    `${path} cannot be read. Correct it, or delete it and make all tokens anew.`,
  )
}

function writeTokens(folder: string, tokens: readonly TokenRecord[]): void {
  const path = tokensFile(folder)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.${randomBytes(4).toString('hex')}`
  writeFileSync(fresh, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`, { mode: 0o600, flush: true })
  chmodSync(fresh, 0o600)
  renameSync(fresh, path)
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Makes a token. @returns the token, which is nowhere else */
export function createToken(
  folder: string,
  about: Omit<TokenRecord, 'id' | 'sha256'>,
): { token: string; record: TokenRecord } {
  const id = randomBytes(6).toString('hex')
  const token = `cst_${id}_${randomBytes(32).toString('base64url')}`
  const record = { id, sha256: digestOf(token).toString('hex'), ...about }
  writeTokens(folder, [...readTokens(folder), record])
  return { token, record }
}

/** @returns whether there was such a token */
export function revokeToken(folder: string, id: string): boolean {
  const tokens = readTokens(folder)
  const left = tokens.filter((one) => one.id !== id)
  if (left.length === tokens.length) return false
  writeTokens(folder, left)
  return true
}

/**
 * The record of a token. The time it takes does not depend on how much of the token is right.
 * @param now ms since 1970
 */
export function recordOf(
  token: string,
  records: readonly TokenRecord[],
  now: number,
): TokenRecord | undefined {
  const [, id] = TOKEN.exec(token) ?? []
  const digest = digestOf(token)
  const record = records.find((one) => one.id === id)
  const stored = record ? Buffer.from(record.sha256, 'hex') : Buffer.alloc(digest.length)
  if (!record || stored.length !== digest.length || !timingSafeEqual(stored, digest)) return undefined
  return record.expires !== undefined && !(Date.parse(record.expires) > now) ? undefined : record
}

/** Whether a token lets its holder do this in a project. */
export const mayDo = ({ projects, scope }: TokenRecord, project: string, wanted: Scope): boolean =>
  (projects.includes('*') || projects.includes(project)) && (wanted === 'read' || scope === 'write')
