import { MAX_REASON_BYTES } from '../close-reason.ts'
import { type BodyPath, StoredBodyError } from '../body/stored-body-error.ts'
import {
  checkBase64,
  checkChoice,
  checkDelay,
  checkLayout,
  checkList,
  checkMapping,
  checkPayload,
  checkString,
  type Mapping,
  own,
} from '../body/stored-checks.ts'

const KINDS = ['json', 'text', 'base64', 'ping', 'pong', 'close', 'raw'] as const
/** Of a control frame (RFC 6455, section 5.5). */
const MAX_CONTROL_BYTES = 125

/** Throws {@link StoredBodyError} where the list under `websocket`, or the `layout` beside it, is not of that form. */
export function checkWebSocket(stored: Mapping): void {
  checkList(stored['websocket'], ['websocket'], 'a list of what client and server said').forEach(
    (value, index) => {
      const path = ['websocket', index]
      const entry = checkMapping(value, path, 'a mapping with client or server')
      const sides = ['client', 'server'].filter((side) => Object.hasOwn(entry, side))
      const [side] = sides
      if (side === undefined || sides.length > 1)
        throw new StoredBodyError(path, 'a mapping with client or server', value)
      checkMessage(checkMapping(entry[side], [...path, side], WANTED), [...path, side])
    },
  )
  const layout = own(stored, 'layout')
  if (layout === undefined) return
  const sides = checkMapping(layout, ['layout'], 'a mapping with client or server')
  for (const side of ['client', 'server'])
    if (own(sides, side) !== undefined)
      checkLayout(checkMapping(sides[side], ['layout', side]), ['layout', side])
}

const WANTED = `a mapping with one of ${KINDS.join(', ')}`

function checkMessage(message: Mapping, path: BodyPath): void {
  checkDelay(message, path)
  const kinds = KINDS.filter((kind) => Object.hasOwn(message, kind))
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) throw new StoredBodyError(path, WANTED, message)
  switch (kind) {
    case 'close':
      return checkClose(checkMapping(message['close'], [...path, 'close']), [...path, 'close'])
    case 'ping':
    case 'pong':
      return checkControl(message[kind], [...path, kind])
    case 'raw':
      return checkBase64(message['raw'], [...path, 'raw'])
    default:
      checkPayload(message, path)
      checkChoice(message, 'type', ['text', 'binary'], path)
  }
}

function checkClose(close: Mapping, path: BodyPath): void {
  const code = own(close, 'code')
  const reason = own(close, 'reason')
  if (code !== undefined && !(Number.isInteger(code) && Number(code) >= 0 && Number(code) <= 0xff_ff))
    throw new StoredBodyError([...path, 'code'], 'a close code (1000 to 4999)', code)
  if (reason === undefined) return
  const text = checkString(reason, [...path, 'reason'])
  if (code === undefined && text !== '')
    throw new StoredBodyError([...path, 'reason'], 'a code beside the reason', reason)
  if (Buffer.byteLength(text) > MAX_REASON_BYTES)
    throw new StoredBodyError([...path, 'reason'], '123 bytes of UTF-8 at most', reason)
}

function checkControl(value: unknown, path: BodyPath): void {
  const binary = typeof value === 'object' && value !== null
  if (binary) checkBase64(checkMapping(value, path)['base64'], [...path, 'base64'])
  else if (Buffer.byteLength(checkString(value, path)) > MAX_CONTROL_BYTES)
    throw new StoredBodyError(path, '125 bytes of UTF-8 at most', value)
}
