import type { Operation } from '../providers/types.ts'

const CHATS: ReadonlySet<Operation> = new Set<Operation>(['chat', 'count_tokens', 'responses.compact'])

/** Operations that compare a conversation; all others but completions compare every field they have. */
export const isChat = (op: Operation): boolean => CHATS.has(op)

const PLAIN: ReadonlySet<Operation> = new Set<Operation>([
  'generic',
  'grpc',
  'none',
  'binary',
  'multipart',
  'websocket',
])

/** Operations whose keys hold the host: two services share paths like `/health`. */
export const isPlain = (op: Operation): boolean => PLAIN.has(op)
