import { isUtf8 } from 'node:buffer'
import type { BodyCodec } from '../body/body-codec.ts'
import { readJsonTexts } from '../json-texts.ts'
import { decodeBase64, decodePayload, encodeBase64, looksBinary } from '../body/payload.ts'
import type {
  Base64Payload,
  JsonPayload,
  WebSocketBody,
  WebSocketEntry,
  WebSocketMessage,
} from '../body/stored-body.ts'
import { storedDelay } from '../body/timeline.ts'
import type { Frame, FrameContent } from '../exchange.ts'
import { checkWebSocket } from './websocket-check.ts'

/**
 * What followed a WebSocket's 101, one entry per message. It is made of frames, not of bytes: {@link framesToStored} and
 * {@link framesFromStored} stand in for `encode` and `decode`.
 */
export const webSocketCodec: BodyCodec<WebSocketBody> = {
  form: 'websocket',
  encode: () => undefined,
  decode: () => [],
  check: checkWebSocket,
}

const SIDES = ['client', 'server'] as const

/** `plain`: nothing but base64, for what a text could not hold. */
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
  return (data[0] === 0x7b || data[0] === 0x5b) && isUtf8(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
    : undefined
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

/** `undefined`: it is no text that people could read. */
function readableText(data: Uint8Array): string | undefined {
  const text = isUtf8(data) ? bufferOf(data).toString() : undefined
  return text === undefined || looksBinary(text) ? undefined : text
}

function contentOf(message: WebSocketMessage, layout: Parameters<typeof decodePayload>[1]): FrameContent {
  if ('close' in message) {
    const { code, reason } = message.close
    return { kind: 'close', ...(code === undefined ? {} : { code, reason: reason ?? '' }) }
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

const bufferOf = (data: Uint8Array): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
