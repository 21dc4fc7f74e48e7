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

interface Members {
  name?: { readonly member: string; readonly text: string }
  value?: { readonly start: number; readonly end: number; readonly text: () => string }
}

/** Finds values that a member beside them names: `{"keyName": "key1", "value": ...}`, `{"name": "API_KEY", "value": ...}`. */
export class NamedBeside<Facts> {
  readonly #open = new Map<PathNode<Facts>, Members>()

  /** @param text the decoded content of the string */
  string(node: PathNode<Facts>, start: number, end: number, text: () => string): void {
    const member = plainName(node.name ?? '')
    if (node.parent === undefined || (member !== VALUE && !NAMING.has(member))) return
    let members = this.#open.get(node.parent)
    if (!members) this.#open.set(node.parent, (members = {}))
    if (member === VALUE) members.value = { start, end, text }
    else if (end - start <= LONGEST_NAME && members.name?.member !== NAMES_KEY)
      members.name = { member, text: text() }
  }

  /** @returns where the value is, if the object that ends has a secret one */
  close(node: PathNode<Facts>): { readonly start: number; readonly end: number } | undefined {
    const members = this.#open.get(node)
    this.#open.delete(node)
    const { name, value } = members ?? {}
    return name && value && isSecret(name, value.text) ? value : undefined
  }
}

function isSecret({ member, text }: { member: string; text: string }, value: () => string): boolean {
  const plain = plainName(text)
  if (SECRET_FIELDS.has(plain) || isSecretHeader(text)) return true
  return (member === NAMES_KEY || ENDS_LIKE_SECRET.test(plain)) && looksLikeCredential(value())
}
