import type { Operation } from '../providers/types.ts'

const CHATS: ReadonlySet<Operation> = new Set<Operation>(['chat', 'count_tokens', 'responses.compact'])

/** Operations that compare a conversation; all others but completions compare every field they have. */
export const isChat = (op: Operation): boolean => CHATS.has(op)

/** Operations whose keys hold the host: two services share paths like `/health`. */
export const isPlain = (op: Operation): boolean =>
  op === 'generic' || op === 'grpc' || op === 'none' || op === 'binary' || op === 'multipart'
