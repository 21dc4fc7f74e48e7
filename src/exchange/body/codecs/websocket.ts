import { bufferOf } from '../../../base/bytes.ts'
import { MAX_REASON_BYTES } from '../../wire/close-reason.ts'
import { type BodyPath, StoredBodyError } from '../stored-body-error.ts'
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
} from '../stored-checks.ts'
import { isUtf8 } from 'node:buffer'
import type { BodyCodec } from '../codec.ts'
import { readJsonTexts } from '../json/texts.ts'
import { decodeBase64, decodePayload, encodeBase64, looksBinary } from '../payload.ts'
import type {
  Base64Payload,
  JsonPayload,
  WebSocketBody,
  WebSocketEntry,
  WebSocketMessage,
} from '../stored-body.ts'
import { storedDelay } from '../timeline.ts'
import type { Frame, FrameContent } from '../../exchange.ts'

/**
 * The messages after a WebSocket's 101, one entry per message. It is made of frames, not of bytes: call {@link framesToStored}
 * and {@link framesFromStored} instead of `encode` and `decode`.
 */
export const websocketCodec: BodyCodec<WebSocketBody> = {
  form: 'websocket',
  encode: () => undefined,
  decode: () => [],
  check: checkWebSocket,
}

const SIDES = ['client', 'server'] as const

/** @param plain only base64, for frames that YAML text cannot hold */
export function framesToStored(frames: readonly Frame[], plain = false): WebSocketBody {
  const texts = (from: Frame['from']): (string | undefined)[] =>
    frames.map((frame) => (frame.from === from && !plain ? jsonText(frame) : undefined))
  const json = { client: readJsonTexts(texts('client')), server: readJsonTexts(texts('server')) }
  const layouts = SIDES.filter((side) => json[side].layout !== undefined)
  return {
    websocket: frames.map((frame, index): WebSocketEntry => {
      const message = messageOf(frame, json[frame.from].entries[index], plain)
      return frame.from === 'client'
        ? { client: message }
        : { server: { ...message, ...storedDelay(frame.delayMs) } }
    }),
    ...(layouts.length === 0
      ? {}
      : { layout: Object.fromEntries(layouts.map((side) => [side, json[side].layout])) }),
  }
}

export function framesFromStored({ websocket, layout }: WebSocketBody): Frame[] {
  return websocket.map((entry): Frame => {
    if ('client' in entry) return { from: 'client', delayMs: 0, ...contentOf(entry.client, layout?.client) }
    return {
      from: 'server',
      delayMs: entry.server.delay_ms ?? 0,
      ...contentOf(entry.server, layout?.server),
    }
  })
}

function jsonText(frame: FrameContent): string | undefined {
  if (frame.kind !== 'text' && frame.kind !== 'binary') return undefined
  const { data } = frame
  return (data[0] === 0x7b || data[0] === 0x5b) && isUtf8(data) ? bufferOf(data).toString() : undefined
}

function messageOf(frame: FrameContent, json: JsonPayload | undefined, plain: boolean): WebSocketMessage {
  switch (frame.kind) {
    case 'close': {
      const { code, reason } = frame
      return { close: code === undefined ? {} : { code, reason: reason ?? '' } }
    }
    case 'ping':
      return { ping: controlOf(frame.data, plain) }
    case 'pong':
      return { pong: controlOf(frame.data, plain) }
    case 'raw':
      return { raw: encodeBase64(bufferOf(frame.data)) }
    case 'text': {
      if (json !== undefined) return json
      const text = plain ? undefined : readableText(frame.data)
      return text === undefined ? { base64: encodeBase64(bufferOf(frame.data)), type: 'text' } : { text }
    }
    default:
      return json === undefined ? { base64: encodeBase64(bufferOf(frame.data)) } : { ...json, type: 'binary' }
  }
}

function controlOf(data: Uint8Array, plain: boolean): string | Base64Payload {
  return (plain ? undefined : readableText(data)) ?? { base64: encodeBase64(bufferOf(data)) }
}

/** `undefined`: it is not a text that people could read. */
function readableText(data: Uint8Array): string | undefined {
  const text = isUtf8(data) ? bufferOf(data).toString() : undefined
  return text === undefined || looksBinary(text) ? undefined : text
}

function contentOf(message: WebSocketMessage, layout: Parameters<typeof decodePayload>[1]): FrameContent {
  if ('close' in message) {
    const { code, reason } = message.close
    return code === undefined ? { kind: 'close' } : { kind: 'close', code, reason: reason ?? '' }
  }
  if ('raw' in message) return { kind: 'raw', data: Buffer.concat([...decodeBase64(message.raw)]) }
  if ('ping' in message) return { kind: 'ping', data: controlData(message.ping) }
  if ('pong' in message) return { kind: 'pong', data: controlData(message.pong) }
  const { type } = message
  const kind = type ?? ('base64' in message ? 'binary' : 'text')
  return { kind, data: decodePayload(message, layout) }
}

const controlData = (control: string | Base64Payload): Uint8Array =>
  typeof control === 'string' ? Buffer.from(control) : Buffer.concat([...decodeBase64(control.base64)])

const KINDS = ['json', 'text', 'base64', 'ping', 'pong', 'close', 'raw'] as const
/** The limit of a control frame (RFC 6455, section 5.5). */
const MAX_CONTROL_BYTES = 125

/** @throws {StoredBodyError} if the list under `websocket`, or the `layout` beside it, does not have its shape */
function checkWebSocket(stored: Mapping): void {
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
