import { closeReason } from '../../exchange/wire/close-reason.ts'
import type { Frame, FrameContent } from '../../exchange/exchange.ts'
import type { BodyContext } from '../bodies/bodies.ts'
import { redactBody } from '../bodies/bodies.ts'
import { editsOfJoined } from '../bodies/joined-pieces.ts'
import { byteTextOf, bytesOfText } from '../byte-text.ts'
import { editText } from '../edits.ts'

const JSON_TYPE = { type: 'application/json', parameters: new Map<string, string>() }
const LF = Buffer.from('\n')

/**
 * Redacts one message alone. When a client message is matched, it is redacted as it arrives, so the result must not depend on
 * later messages.
 */
export function redactFrame<Content extends FrameContent>(frame: Content, context: BodyContext): Content {
  if (frame.kind === 'close')
    return frame.reason === undefined
      ? frame
      : { ...frame, reason: closeReason(context.search.redactString(frame.reason)) }
  const { bytes } = redactBody(
    { bytes: frame.data, cuts: [] },
    isJson(frame.data) ? JSON_TYPE : undefined,
    context,
  )
  return bytes === frame.data ? frame : { ...frame, data: bytes }
}

/**
 * Redacts the messages of both sides. A model writes in pieces, so the server's texts are joined and searched for secrets that
 * are spread over them, and its JSON is searched as one stream.
 */
export function redactFrames(given: readonly Frame[], context: BodyContext): readonly Frame[] {
  const frames = withoutSpread(given, context)
  const joined = frames.filter((frame) => frame.from === 'server' && hasJson(frame))
  const pieces: Uint8Array[] = []
  const cuts: number[] = []
  let end = 0
  for (const frame of joined) {
    if (!('data' in frame)) continue
    pieces.push(frame.data, LF)
    cuts.push((end += frame.data.byteLength), (end += 1))
  }
  const source = { bytes: Buffer.concat(pieces), cuts }
  const redacted = joined.length > 1 ? redactBody(source, JSON_TYPE, context) : source
  const dataOf = new Map<Frame, Uint8Array>()
  if (redacted !== source) {
    let start = 0
    for (const [at, frame] of joined.entries()) {
      dataOf.set(frame, redacted.bytes.subarray(start, redacted.cuts[2 * at]))
      start = redacted.cuts[2 * at + 1] ?? start
    }
  }
  return frames.map((frame) => {
    const data = dataOf.get(frame)
    const current = data === undefined || !('data' in frame) ? frame : { ...frame, data }
    if (frame.from === 'server') return redactFrame(current, context)
    // What the client says gives nothing: it is redacted as the message alone is when it is matched.
    return context.rules.given.learning(undefined, () => redactFrame(current, context))
  })
}

/** The server's texts that are no JSON, without the secrets that are spread over several of them. */
function withoutSpread(frames: readonly Frame[], { search }: BodyContext): readonly Frame[] {
  const texts = frames.filter(isServerText)
  if (texts.length < 2) return frames
  const { spread } = editsOfJoined(
    texts.map(({ data }) => byteTextOf(data)),
    (text) => search.find(text),
  )
  const editsOf = Map.groupBy(spread, ({ piece }) => texts[piece] as Frame)
  return frames.map((frame) => {
    const edits = editsOf.get(frame)
    if (edits === undefined || !isServerText(frame)) return frame
    const text = editText(
      byteTextOf(frame.data),
      edits.map(({ edit }) => edit),
    )
    return { ...frame, data: bytesOfText(text) }
  })
}

const isServerText = (frame: Frame): frame is Extract<Frame, { readonly data: Uint8Array }> =>
  frame.from === 'server' && frame.kind === 'text' && !isJson(frame.data)

const hasJson = (frame: FrameContent): boolean =>
  (frame.kind === 'text' || frame.kind === 'binary') && isJson(frame.data)

const isJson = (data: Uint8Array): boolean => data[0] === 0x7b || data[0] === 0x5b
