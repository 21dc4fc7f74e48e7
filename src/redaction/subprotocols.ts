import { PLACEHOLDER } from './edits.ts'
import { isSecretHeader } from './names.ts'
import type { TextSearch } from './text-search.ts'

/** A subprotocol that is a credential with a name before it: `openai-insecure-api-key.sk-...`, `openai-project.proj_...`. */
const NAMED = /^(.*[.])([^.]+)$/
const SECRET_NAME =
  /(?:key|token|secret|auth|authorization|bearer|credentials?|password|jwt|session|signature|organi[sz]ation|project|account)(?:\.[\w.-]*)?\.$/i
/** What stands alone before the credential: `Bearer, eyJ...`. */
const ANNOUNCES = /^(?:bearer|basic|token|jwt|auth(?:orization)?|access[-_]token|api[-_]?key)$/i
/** Longer than the name of any protocol. */
const MAX_NAME = 48

/**
 * The subprotocols that a client offers. Browsers can send no headers with a WebSocket, so credentials are sent in this
 * list; they lose their value, and the names that tell what is spoken stay.
 */
export function redactProtocols(value: string, search: TextSearch): string {
  const protocols = value.split(',').map((one) => one.trim())
  return protocols
    .map((protocol, at) => {
      const [, name, rest] = NAMED.exec(protocol) ?? []
      if (name !== undefined && rest !== undefined && SECRET_NAME.test(name)) return name + PLACEHOLDER
      const before = protocols[at - 1] ?? ''
      if (ANNOUNCES.test(before) || isSecretHeader(before)) return PLACEHOLDER
      if (protocol.length > MAX_NAME) return PLACEHOLDER
      return search.redactString(protocol)
    })
    .join(', ')
}

/** The one of them that the server took: told by where it stands in the list, it is redacted as it is there. */
export function redactChosenProtocol(value: string, offered: string | undefined, search: TextSearch): string {
  const at = (offered ?? '').split(',').findIndex((one) => one.trim() === value.trim())
  if (offered === undefined || at === -1) return redactProtocols(value, search)
  return redactProtocols(offered, search).split(', ')[at] ?? PLACEHOLDER
}
