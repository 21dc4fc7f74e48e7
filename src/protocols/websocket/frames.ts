import { isUtf8 } from 'node:buffer'

import type { FrameContent } from '../../exchange/exchange.ts'

/** RFC 6455, section 5.2. */
const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const KINDS: ReadonlyMap<number, 'text' | 'binary' | 'close' | 'ping' | 'pong'> = new Map([
  [OPCODES.text, 'text'],
  [OPCODES.binary, 'binary'],
  [OPCODES.close, 'close'],
  [OPCODES.ping, 'ping'],
  [OPCODES.pong, 'pong'],
])
const MAX_CONTROL_BYTES = 125

interface Head {
  readonly fin: boolean
  readonly reserved: boolean
  readonly opcode: number
  readonly masked: boolean
  /** The size of the head, with the mask. */
  readonly bytes: number
  /** The size of the payload. */
  readonly length: number
}

/** A frame of a message that is not complete. */
interface Fragment {
  readonly opcode: number
  readonly payload: Buffer
}

/**
 * Parses the bytes that one side of a WebSocket writes into messages (RFC 6455, section 5): joins fragments and
 * removes masks. From the first frame that breaks the protocol on, passes the bytes on unchanged, as `raw`. Text that
 * is not UTF-8 stays `text`.
 */
export class FrameReader {
  readonly #masked: boolean
  readonly #tell: (frame: FrameContent) => void
  #chunks: Buffer[] = []
  #length = 0
  #wanted = 2
  #fragments: Fragment[] = []
  #isBroken = false

  constructor(from: 'client' | 'server', tell: (frame: FrameContent) => void) {
    this.#masked = from === 'client'
    this.#tell = tell
  }

  /** Takes ownership of `chunk`: the caller must not change it. */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (this.#isBroken) return this.#tell({ kind: 'raw', data: bytes })
    this.#chunks.push(bytes)
    this.#length += bytes.length
    while (this.#length >= this.#wanted && !this.#isBroken) if (!this.#next()) return
  }

  /** The connection has ended. A message that is not complete is passed on as `raw`. */
  end(): void {
    if (this.#isBroken || (this.#length === 0 && this.#fragments.length === 0)) return
    this.#giveUp()
  }

  /** @returns whether a whole frame was read */
  #next(): boolean {
    const bytes = this.#joined()
    const head = headOf(bytes)
    if (!head || bytes.length < head.bytes + head.length) {
      if (head && this.#isWrong(head)) this.#giveUp()
      this.#wanted = head ? head.bytes + head.length : bytes.length + 1
      return false
    }
    if (this.#isWrong(head)) {
      this.#giveUp()
      return false
    }
    const end = head.bytes + head.length
    const payload = bytes.subarray(head.bytes, end)
    const data = head.masked ? unmasked(payload, bytes.subarray(head.bytes - 4, head.bytes)) : payload
    const frame = this.#frameOf(head, data)
    if (frame === 'wrong') {
      this.#giveUp()
      return false
    }
    this.#chunks = end === bytes.length ? [] : [bytes.subarray(end)]
    this.#length -= end
    this.#wanted = 2
    if (frame) this.#tell(frame)
    return true
  }

  #isWrong({ fin, reserved, opcode, masked, length }: Head): boolean {
    if (reserved || masked !== this.#masked || !Number.isSafeInteger(length)) return true
    if (opcode >= OPCODES.close)
      return !fin || length > MAX_CONTROL_BYTES || !KINDS.has(opcode) || (opcode === 8 && length === 1)
    if (opcode === OPCODES.continuation) return this.#fragments.length === 0
    return !KINDS.has(opcode) || this.#fragments.length > 0
  }

  /** `undefined`: the message is not complete. */
  #frameOf({ fin, opcode }: Head, data: Buffer): FrameContent | 'wrong' | undefined {
    if (opcode === OPCODES.close) return closeOf(data) ?? 'wrong'
    if (opcode > OPCODES.close) return { kind: opcode === OPCODES.ping ? 'ping' : 'pong', data }
    if (fin && opcode !== OPCODES.continuation)
      return { kind: opcode === OPCODES.text ? 'text' : 'binary', data }
    this.#fragments.push({ opcode, payload: data })
    if (!fin) return undefined
    const [first] = this.#fragments
    const whole = Buffer.concat(this.#fragments.map(({ payload }) => payload))
    this.#fragments = []
    return { kind: first?.opcode === OPCODES.text ? 'text' : 'binary', data: whole }
  }

  #joined(): Buffer {
    const [first] = this.#chunks
    if (first && this.#chunks.length === 1) return first
    const whole = Buffer.concat(this.#chunks)
    this.#chunks = [whole]
    return whole
  }

  #giveUp(): void {
    this.#isBroken = true
    const begun = this.#fragments.map(({ opcode, payload }) => encode(opcode, payload, false))
    const data = Buffer.concat([...begun, ...this.#chunks])
    this.#chunks = []
    this.#fragments = []
    this.#tell({ kind: 'raw', data })
  }
}

/** `undefined`: the head is not complete. */
function headOf(bytes: Buffer): Head | undefined {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  const masked = (second & 0x80) !== 0
  const short = second & 0x7f
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0
  const size = 2 + extended + (masked ? 4 : 0)
  if (bytes.length < size) return undefined
  const length =
    extended === 2 ? bytes.readUInt16BE(2) : extended === 8 ? Number(bytes.readBigUInt64BE(2)) : short
  return {
    fin: (first & 0x80) !== 0,
    reserved: (first & 0x70) !== 0,
    opcode: first & 0x0f,
    masked,
    bytes: size,
    length,
  }
}

/** A copy: the client may still need its own bytes. */
function unmasked(payload: Buffer, mask: Buffer): Buffer {
  const data = Buffer.from(payload)
  const key = [mask[0] ?? 0, mask[1] ?? 0, mask[2] ?? 0, mask[3] ?? 0] as const
  for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) ^ (key[at & 3] ?? 0)
  return data
}

function closeOf(data: Buffer): FrameContent | undefined {
  if (data.length === 0) return { kind: 'close' }
  const reason = data.subarray(2)
  return isUtf8(reason) ? { kind: 'close', code: data.readUInt16BE(0), reason: reason.toString() } : undefined
}

/** A frame as a server writes it: not fragmented, not masked. */
export function frameBytes(frame: FrameContent): Buffer {
  switch (frame.kind) {
    case 'raw':
      return Buffer.from(frame.data)
    case 'close': {
      if (frame.code === undefined) return encode(OPCODES.close, Buffer.alloc(0), true)
      const code = Buffer.alloc(2)
      code.writeUInt16BE(frame.code)
      return encode(OPCODES.close, Buffer.concat([code, Buffer.from(frame.reason ?? '')]), true)
    }
    default:
      return encode(OPCODES[frame.kind], frame.data, true)
  }
}

function encode(opcode: number, payload: Uint8Array, fin: boolean): Buffer {
  const { byteLength: length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | opcode
  if (length < 126) head[1] = length
  else if (length < 65_536) {
    head[1] = 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}
