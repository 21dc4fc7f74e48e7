import { looksLikeCredential } from '../../base/value-shapes.ts'
import { SECRET_FIELDS, plainName, plainNames } from '../../providers/requests/credentials.ts'
import { isSecretHeader } from '../names.ts'
import type { PathNode } from './paths.ts'

/** Members that name what the member `value` beside them is. */
const NAMING = plainNames('name key key_name header')
/** Azure: what `keyName` names is a key, whatever it is called. */
const NAMES_KEY = plainName('key_name')
const VALUE = 'value'
/** The end of a name whose value is a credential if it looks like one. */
const ENDS_LIKE_SECRET = /(?:key|token|secret|password|passwd|pwd)$/
/** No name is longer. */
const LONGEST_NAME = 100

/** What a member is for the others of its object. */
export type BesideRole = 'value' | 'name' | 'name of a key' | undefined

/** @param plain the member's name, as `plainName` gives it */
export function besideRole(plain: string): BesideRole {
  if (plain === VALUE) return 'value'
  return NAMING.has(plain) ? (plain === NAMES_KEY ? 'name of a key' : 'name') : undefined
}

interface Members {
  name?: { readonly role: BesideRole; readonly text: string }
  value?: { readonly start: number; readonly end: number; readonly text: () => string }
}

/** Finds values that a member beside them names: `{"keyName": "key1", "value": ...}`, `{"name": "API_KEY", "value": ...}`. */
export class NamedBeside<Facts> {
  readonly #open = new Map<PathNode<Facts>, Members>()

  /** @param value where the content of the string is, and what it says */
  add(role: BesideRole, node: PathNode<Facts>, value: Required<Members>['value']): void {
    if (role === undefined || node.parent === undefined) return
    let members = this.#open.get(node.parent)
    if (!members) this.#open.set(node.parent, (members = {}))
    if (role === 'value') members.value = value
    else if (value.end - value.start <= LONGEST_NAME && members.name?.role !== 'name of a key')
      members.name = { role, text: value.text() }
  }

  /** Forgets the objects of a record that was cut. */
  clear(): void {
    if (this.#open.size > 0) this.#open.clear()
  }

  /** @returns where the value is, if the object that ends has a secret one */
  close(node: PathNode<Facts>): { readonly start: number; readonly end: number } | undefined {
    const members = this.#open.size === 0 ? undefined : this.#open.get(node)
    if (!members) return undefined
    this.#open.delete(node)
    const { name, value } = members
    return name && value && isSecret(name, value.text) ? value : undefined
  }
}

function isSecret({ role, text }: { role: BesideRole; text: string }, value: () => string): boolean {
  const plain = plainName(text)
  if (SECRET_FIELDS.has(plain) || isSecretHeader(text)) return true
  return (role === 'name of a key' || ENDS_LIKE_SECRET.test(plain)) && looksLikeCredential(value())
}
