import { CassetteOptionError } from '../../errors/cassette-option-error.ts'
import { parseUserPath } from '../../redaction/json/user-paths.ts'

/** A client's message as matchers get it, redacted. */
export interface FrameView {
  readonly type: 'text' | 'binary'
  readonly data: Uint8Array
  /** Present if the message is UTF-8. */
  readonly text?: string
  /** Present if the message is JSON. */
  readonly json?: unknown
}

export type FrameMatcher = (recorded: FrameView, incoming: FrameView) => boolean

/** How a client's WebSocket messages are compared with the recorded ones. */
export interface WebSocketOptions {
  /**
   * Names of the fields of JSON messages that count (`type`, `item.content`), or a function that decides alone.
   * @defaultValue all fields but ids and times
   */
  readonly matchOn?: readonly string[] | FrameMatcher
  /**
   * Paths in JSON messages that do not count, written as those of `redact.json`.
   * @defaultValue none
   */
  readonly ignore?: readonly string[]
}

const KEYS = ['matchOn', 'ignore'] as const

/** @throws CassetteOptionError */
export function checkWebSocketOptions(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail(option, `an object with ${KEYS.join(', ')}`, value)
  for (const key of Object.keys(value))
    if (!(KEYS as readonly string[]).includes(key))
      throw new CassetteOptionError(`${option}.${key}`, `one of ${KEYS.join(', ')}`, 'an unknown name')
  const { matchOn, ignore } = value as Record<(typeof KEYS)[number], unknown>
  if (matchOn !== undefined && typeof matchOn !== 'function' && !(isList(matchOn) && matchOn.every(isField)))
    fail(`${option}.matchOn`, 'a list of field names (type, item.content), or a function', matchOn)
  if (ignore !== undefined && !(isList(ignore) && ignore.every(isPath)))
    fail(`${option}.ignore`, 'a list of JSON paths (event_id, item.metadata, items[*].id)', ignore)
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0
const isField = (name: unknown): boolean =>
  typeof name === 'string' && name.split('.').every((part) => part !== '')
const isPath = (path: unknown): boolean => typeof path === 'string' && parseUserPath(path) !== undefined

function fail(option: string, expected: string, value: unknown): never {
  const found =
    typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'an array' : String(value)
  throw new CassetteOptionError(option, expected, found)
}
