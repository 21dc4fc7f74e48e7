import type { Operation } from '../providers/types.ts'

const CHATS: ReadonlySet<Operation> = new Set<Operation>(['chat', 'count_tokens', 'responses.compact'])

/** Operations that compare a conversation. Completions have their own list; all others compare every field they have. */
export const isChat = (op: Operation): boolean => CHATS.has(op)

const PLAIN: ReadonlySet<Operation> = new Set<Operation>([
  'generic',
  'form',
  'grpc',
  'none',
  'binary',
  'multipart',
  'websocket',
])

/** Operations whose requests have a body of named fields: JSON or a form of an unknown API. */
export const hasBodyFields = (op: Operation): boolean => op === 'generic' || op === 'form'

/** Operations whose headers can choose the answer. */
export const hasHeaders = (op: Operation): boolean => isPlain(op) && op !== 'grpc' && op !== 'websocket'

/** Operations whose keys contain the host, because two services share paths like `/health`. */
export const isPlain = (op: Operation): boolean => PLAIN.has(op)
