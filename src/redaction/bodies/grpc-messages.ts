import { isUtf8 } from 'node:buffer'
import { bufferOf } from '../../base/bytes.ts'
import { type GrpcFrame, grpcFrame, plainFrame, splitGrpc } from '../../exchange/wire/grpc-frame.ts'
import { looksLikeText, wireFields, writeVarint } from '../../exchange/wire/protobuf-wire.ts'
import type { ByteText } from '../byte-text.ts'
import { bytesOfText, byteTextOf } from '../byte-text.ts'
import type { CutBytes, Edit } from '../edits.ts'
import { applyEdits, editText, PLACEHOLDER } from '../edits.ts'
import { type JoinedEdits, editsOfJoined } from './joined-pieces.ts'

export interface GrpcTools {
  /** The values of a message's fields that are secret by name, in their JSON form: text, and bytes in base64. */
  readonly named: (message: Uint8Array) => ReadonlySet<string>
  /** Redacts the value of one field: text, JSON, or binary bytes. */
  readonly field: (bytes: Uint8Array) => Uint8Array
  readonly find: (text: ByteText) => readonly Edit[]
  /** Removes known secrets and keeps the length. */
  readonly mask: (bytes: Uint8Array) => Uint8Array
}

/** Protobuf libraries do not read messages with deeper nesting. */
const MAX_DEPTH = 100

/**
 * Redacts gRPC messages and keeps them valid: the lengths of fields, messages and frames are computed again. Whether the bytes
 * of a field are a message is guessed without a descriptor, because comparing two requests has no descriptor either.
 */
export function redactGrpc(body: CutBytes, tools: GrpcTools): CutBytes {
  const { frames, rest } = splitGrpc(body.bytes)
  const redacted = redactMessages(
    frames.map(({ flag, message }) => (flag === 0 ? message : undefined)),
    tools,
  )
  const edits: Edit[] = []
  let start = 0
  for (const [index, frame] of frames.entries()) {
    const { flag, message, bytes } = frame
    const changed = redacted[index] ?? redactCompressed(frame, tools)
    const end = start + bytes.length
    if (!changed.equals(message)) edits.push({ start, end, text: byteTextOf(grpcFrame(changed, flag)) })
    start = end
  }
  const tail = bufferOf(tools.mask(rest))
  if (!tail.equals(rest)) edits.push({ start, end: start + rest.length, text: byteTextOf(tail) })
  return applyEdits(body, edits)
}

/** A message that the receiver cannot decompress by its headers. If it contains a secret, the whole message is removed. */
function redactCompressed(frame: GrpcFrame, tools: GrpcTools): Buffer {
  const { flag, message } = plainFrame(frame)
  const hidesSecret = flag !== frame.flag && !redactProtobuf(message, tools).equals(message)
  return hidesSecret ? Buffer.from(PLACEHOLDER) : bufferOf(tools.mask(frame.message))
}

/** Redacts one protobuf message. */
export function redactProtobuf(message: Buffer, tools: GrpcTools): Buffer {
  return redactMessages([message], tools)[0] ?? message
}

function redactMessages(messages: readonly (Buffer | undefined)[], tools: GrpcTools): (Buffer | undefined)[] {
  const channels = new Map<string, Node[]>()
  const nodes = messages.map(
    (message) => message && parse(message, { tools, channels, secrets: tools.named(message) }, ''),
  )
  for (const values of channels.values()) {
    if (messages.length > 1) redactAcross(values, tools, 'spread')
    const leaves = values.filter(isLeaf)
    for (const leaf of leaves) leaf.bytes = bufferOf(tools.field(leaf.bytes))
    if (messages.length > 1) redactAcross(leaves, tools, 'all')
  }
  // Text may parse as a message by chance. Then a secret may span what look like its fields.
  return nodes.map((node) => node && bufferOf(tools.mask(render(node))))
}

/** The value of a field. */
interface Node {
  readonly original: Buffer
  bytes: Buffer
  /** Its fields, if it reads as a message. */
  readonly fields?: readonly { readonly bytes: Buffer; readonly tag: Buffer; readonly child?: Node }[]
}

/** What reads as a message, but held a piece of a secret that text spread over messages, was text. */
const isLeaf = ({ fields, bytes, original }: Node): boolean => fields === undefined || bytes !== original

interface Parsing {
  readonly tools: GrpcTools
  /** By path: texts, bytes, and messages that may be pieces of text. */
  readonly channels: Map<string, Node[]>
  readonly secrets: ReadonlySet<string>
}

function parse(bytes: Buffer, parsing: Parsing, path: string): Node {
  const { tools, secrets } = parsing
  if (secrets.size > 0 && isOneOf(secrets, bytes)) return { original: bytes, bytes: Buffer.from(PLACEHOLDER) }
  const depth = path.split('.').length
  const fields = depth > MAX_DEPTH ? undefined : wireFields(bytes)
  if (fields === undefined || fields.length === 0 || isTextAfterAll(bytes, fields, tools)) {
    return inChannel({ original: bytes, bytes }, parsing, path)
  }
  const branch: Node = {
    original: bytes,
    bytes,
    fields: fields.map(({ number, kind, start, valueStart, end }) => {
      const place = { bytes: bytes.subarray(start, end), tag: writeVarint(number * 8 + 2) }
      if (kind !== 'bytes' || valueStart === end) return place
      return { ...place, child: parse(bytes.subarray(valueStart, end), parsing, `${path}.${number}`) }
    }),
  }
  return looksLikeText(bytes) ? inChannel(branch, parsing, path) : branch
}

function inChannel(node: Node, { channels }: Parsing, path: string): Node {
  const channel = channels.get(path)
  if (channel === undefined) channels.set(path, [node])
  else channel.push(node)
  return node
}

const isOneOf = (secrets: ReadonlySet<string>, bytes: Buffer): boolean =>
  secrets.has(bytes.toString()) || secrets.has(bytes.toString('base64'))

/** Whether the bytes parse as a message, but contain as text a secret that is in no field. */
function isTextAfterAll(
  bytes: Buffer,
  fields: readonly { readonly kind: string; readonly valueStart: number; readonly end: number }[],
  { find }: GrpcTools,
): boolean {
  if (!looksLikeText(bytes)) return false
  const inside = fields.filter(({ kind }) => kind === 'bytes')
  return find(byteTextOf(bytes)).some(
    ({ start, end }) => !inside.some((field) => field.valueStart <= start && end <= field.end),
  )
}

/** Joins the fields of one path over all messages, because a stream may spread a secret over them. */
function redactAcross(nodes: readonly Node[], { find }: GrpcTools, which: keyof JoinedEdits): void {
  const texts = nodes.filter(({ bytes }) => isUtf8(bytes))
  if (texts.length < 2) return
  const found = editsOfJoined(
    texts.map(({ bytes }) => byteTextOf(bytes)),
    find,
  )[which]
  for (const [piece, edits] of Map.groupBy(found, (one) => one.piece)) {
    const leaf = texts[piece] as Node
    leaf.bytes = bytesOfText(
      editText(
        byteTextOf(leaf.bytes),
        edits.map(({ edit }) => edit),
      ),
    )
  }
}

function render(node: Node): Buffer {
  const { fields } = node
  if (fields === undefined || isLeaf(node)) return node.bytes
  const rendered = fields.map(({ bytes, tag, child }) => {
    const value = child && render(child)
    if (child === undefined || value === undefined || value.equals(child.original)) return bytes
    return Buffer.concat([tag, writeVarint(value.length), value])
  })
  return rendered.every((bytes, index) => bytes === fields[index]?.bytes)
    ? node.original
    : Buffer.concat(rendered)
}
