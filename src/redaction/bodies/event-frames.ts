import { crc32 } from 'node:zlib'
import { bufferOf } from '../../base/bytes.ts'
import { frameLength } from '../../exchange/wire/eventstream-frame.ts'
import { byteTextOf } from '../byte-text.ts'
import type { CutBytes, Edit } from '../edits.ts'
import { applyEdits } from '../edits.ts'

const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4

/** A message of an AWS event stream: the parts that are searched, and how to build the message again. */
interface Message {
  readonly start: number
  readonly end: number
  readonly head: Buffer
  /** The payload, or the base64 inside it, decoded: Bedrock wraps the provider's events in this way. */
  readonly content: Buffer
  readonly wrap: (content: Uint8Array) => Buffer
}

// `InvokeModelWithResponseStream`: {"bytes": "<base64 of an event>", "p": "padding"}.
const WRAPPED = /^(\{(?:"p":"\w*",)?"bytes":")([A-Za-z0-9+/]+={0,2})(".*)$/s

/**
 * Redacts an AWS event stream (`application/vnd.amazon.eventstream`) and keeps it valid: lengths and checksums are computed
 * again.
 * @param redactLines gets the payloads as lines, with a cut after each
 * @param redactBytes redacts the other parts, and keeps their length
 */
export function redactFrames(
  body: CutBytes,
  redactLines: (lines: CutBytes) => CutBytes,
  redactBytes: (bytes: Uint8Array) => Uint8Array,
): CutBytes {
  const messages = messagesOf(bufferOf(body.bytes))
  const rest = messages.at(-1)?.end ?? 0
  let end = 0
  const cuts = messages.map(({ content }) => (end += content.length + 1))
  const lines = Buffer.concat(messages.flatMap(({ content }) => [content, Buffer.from('\n')]))
  const redacted = redactLines({ bytes: lines, cuts })
  const edits: Edit[] = []
  let start = 0
  for (const [index, message] of messages.entries()) {
    const cut = redacted.cuts[index] ?? redacted.bytes.length
    const content = bufferOf(redacted.bytes).subarray(start, cut - 1)
    start = cut
    const head = redactBytes(message.head)
    if (content.equals(message.content) && message.head.equals(head)) continue
    const text = byteTextOf(frameOf(head, message.wrap(content)))
    edits.push({ start: message.start, end: message.end, text })
  }
  const tail = body.bytes.subarray(rest)
  const redactedTail = redactBytes(tail)
  if (!bufferOf(tail).equals(redactedTail))
    edits.push({ start: rest, end: body.bytes.length, text: byteTextOf(redactedTail) })
  return applyEdits(body, edits)
}

/** The whole messages, up to the last well-formed one. */
function messagesOf(bytes: Buffer): Message[] {
  const messages: Message[] = []
  let start = 0
  for (;;) {
    const length = frameLength(bytes.subarray(start))
    if (length === undefined) return messages
    const payloadStart = start + PRELUDE_BYTES + bytes.readUInt32BE(start + 4)
    const end = start + length
    if (payloadStart > end - CHECKSUM_BYTES) return messages
    const payload = bytes.subarray(payloadStart, end - CHECKSUM_BYTES)
    messages.push({
      start,
      end,
      head: bytes.subarray(start + PRELUDE_BYTES, payloadStart),
      ...contentOf(payload),
    })
    start = end
  }
}

function contentOf(payload: Buffer): Pick<Message, 'content' | 'wrap'> {
  const [, before = '', encoded, after = ''] = WRAPPED.exec(payload.toString('latin1')) ?? []
  if (encoded === undefined) return { content: payload, wrap: (content) => bufferOf(content) }
  return {
    content: Buffer.from(encoded, 'base64'),
    wrap: (content) => Buffer.from(before + bufferOf(content).toString('base64') + after, 'latin1'),
  }
}

function frameOf(head: Uint8Array, payload: Uint8Array): Buffer {
  const prelude = Buffer.alloc(PRELUDE_BYTES)
  prelude.writeUInt32BE(PRELUDE_BYTES + head.length + payload.length + CHECKSUM_BYTES, 0)
  prelude.writeUInt32BE(head.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const frame = Buffer.concat([prelude, head, payload, Buffer.alloc(CHECKSUM_BYTES)])
  const checked = frame.length - CHECKSUM_BYTES
  frame.writeUInt32BE(crc32(frame.subarray(0, checked)), checked)
  return frame
}
