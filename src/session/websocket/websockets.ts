import { defined } from '../../base/defined.ts'
import { toError } from '../../base/to-error.ts'
import { requestToInteraction } from '../../cassette/convert.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import type { CassetteMiss } from '../../errors/cassette-miss.ts'
import type { Replay } from '../../exchange/gate.ts'
import { headerValue } from '../../exchange/headers.ts'
import type { Exchange, ExchangeRequest, Frame, FrameContent, HeaderPairs } from '../../exchange/exchange.ts'
import type { Difference } from '../../fingerprint/differences/differ.ts'
import { renderFrameMiss } from '../../reports/frame-miss.ts'
import { addressOf } from '../replaying/address.ts'
import { renderedMiss } from '../replaying/miss.ts'
import { answerOf } from '../replaying/replay.ts'
import type { SessionContext } from '../context.ts'
import type { RpcIds } from '../replaying/json-rpc/ids.ts'
import type { Recording } from '../replaying/bucket.ts'
import { withOfferedProtocol } from './subprotocol.ts'
import { type CompareFrames, compareFrames } from './match.ts'
import { WebSocketScript } from './script.ts'

/** A replay whose recording may still change, because the client has not sent its first message. */
interface Undecided {
  recording: Recording
}

/** The WebSockets that are being replayed. */
export class WebSockets {
  readonly #context: SessionContext
  readonly #rpc: RpcIds
  /** Keeps a miss as an error that the run must end with. */
  readonly #missed: (miss: CassetteMiss) => CassetteMiss
  readonly #compare: CompareFrames
  readonly #scripts = new Set<WebSocketScript>()
  readonly #undecided = new Set<Undecided>()
  /** The exchanges that were read to choose between recordings. */
  readonly #exchanges = new WeakMap<Recording, Exchange>()

  constructor(context: SessionContext, rpc: RpcIds, missed: (miss: CassetteMiss) => CassetteMiss) {
    this.#context = context
    this.#rpc = rpc
    this.#missed = missed
    this.#compare = compareFrames(context.opened.options.websocket)
  }

  /**
   * Adds the script of the server's frames to the replay of a WebSocket. Returns any other replay unchanged.
   * @param sent the headers of the opening
   * @param request the opening, redacted
   */
  scripted(replay: Replay, recording: Recording, sent: HeaderPairs, request: ExchangeRequest): Replay {
    const { response } = replay
    const frames = response?.frames
    if (!frames) return replay
    const headers = withOfferedProtocol(response.headers, sent, request.headers)
    const mine: Undecided = { recording }
    const mayChoose = clientStarts(frames)
    if (mayChoose) this.#undecided.add(mine)
    const script = new WebSocketScript(frames, {
      delayFactor: replay.delayFactor,
      ...defined({ sent: replay.sent }),
      render: (message) => this.#rpc.message(mine.recording, message),
      staysOpen: replay.incomplete === true && replay.failure === undefined,
      ...(mayChoose ? { choose: (first: FrameContent) => this.#chosen(mine, request, first) } : {}),
      judge: (at, recorded, incoming) => this.#judge(mine.recording, request, { at, recorded, incoming }),
      failed: (error) => this.#context.latch(toError(error)),
      over: () => {
        this.#undecided.delete(mine)
        this.#scripts.delete(script)
      },
    })
    this.#scripts.add(script)
    return { ...replay, response: { ...response, headers }, script }
  }

  /** Ends the WebSockets that are still open, because the cassette is being closed. */
  stop(): void {
    const { path } = this.#context
    for (const script of this.#scripts)
      script.stop(new CassetteError('CASSETTE_CLOSED', `the cassette ${path} was closed`))
    this.#scripts.clear()
  }

  /**
   * The frames of the first recording of the same address that begins with the client's first message. If several WebSockets are
   * opened at the same time, their order says nothing. If another undecided replay has that recording, the two are exchanged.
   */
  #chosen(mine: Undecided, request: ExchangeRequest, first: FrameContent): readonly Frame[] {
    const { playback, opened } = this.#context
    this.#undecided.delete(mine)
    const own = this.#exchangeOf(mine.recording)
    const said = opened.redactor.frame(first, request)
    const goesOn = (exchange: Exchange | undefined): boolean => {
      const opening = exchange?.response?.frames?.find(isFromClient)
      return opening !== undefined && this.#compare('frames[0]', opening, said).length === 0
    }
    if (goesOn(own)) return own?.response?.frames ?? []
    const taken = new Map([...this.#undecided].map((one) => [one.recording, one]))
    const address = addressOf(mine.recording.entry.url)
    for (const recording of playback.recordings) {
      const other = taken.get(recording)
      if (recording === mine.recording || (!other && !playback.isFree(recording))) continue
      if (addressOf(recording.entry.url) !== address) continue
      const exchange = this.#exchangeOf(recording)
      const frames = exchange?.response?.frames
      if (!frames || !clientStarts(frames) || !goesOn(exchange) || endOf(exchange) !== endOf(own)) continue
      if (!playback.isAnswer(recording, request) || !playback.isOurs(recording)) continue
      if (other) other.recording = mine.recording
      else {
        // If recordings repeat, another replay may have played it before.
        if (!opened.options.allowPlaybackRepeats) playback.giveBack(mine.recording)
        playback.play(recording)
      }
      mine.recording = recording
      return frames
    }
    return own?.response?.frames ?? []
  }

  #exchangeOf(recording: Recording): Exchange | undefined {
    const known = this.#exchanges.get(recording)
    if (known) return known
    const exchange = answerOf(recording.entry, this.#context.opened.options)
    if (exchange) this.#exchanges.set(recording, exchange)
    return exchange
  }

  #judge(
    recording: Recording,
    request: ExchangeRequest,
    { at, recorded, incoming }: { at: number; recorded: Frame | undefined; incoming: FrameContent },
  ): Error | undefined {
    const { opened, path } = this.#context
    const { redactor, options } = opened
    const name = `frames[${at}]`
    const said = redactor.frame(incoming, request)
    const differences =
      recorded === undefined || recorded.kind === 'close'
        ? [{ path: name, recorded: recorded && { close: recorded.code }, incoming: shown(said) }]
        : this.#compare(name, recorded, said)
    if (differences.length === 0) {
      if (recorded && 'data' in recorded && 'data' in incoming)
        this.#rpc.asked.add(recording, () => recorded.data, incoming.data)
      return undefined
    }
    const { id } = recording.entry
    const details = {
      request: requestToInteraction(request),
      cassettePath: path,
      mode: options.mode,
      closest: { id, position: recording.position, played: true },
      differences: differences satisfies readonly Difference[],
    }
    const report = {
      ...details,
      frame: name,
      isExtra: recorded === undefined,
      url: request.url,
      id,
      position: recording.position,
    }
    return this.#missed(renderedMiss(details, redactor, (palette) => renderFrameMiss(report, palette)))
  }
}

const isFromClient = ({ from, kind }: Frame): boolean =>
  from === 'client' && (kind === 'text' || kind === 'binary')

/** Whether the client spoke before the server did. */
const clientStarts = (frames: readonly Frame[]): boolean => {
  const first = frames.find((frame) => frame.from === 'server' || isFromClient(frame))
  return first?.from === 'client'
}

/** The opening and the end of a recording, as a client sees them. */
const endOf = (exchange: Exchange | undefined): string =>
  JSON.stringify([
    exchange?.response?.status,
    headerValue(exchange?.response?.headers ?? [], 'sec-websocket-protocol'),
    exchange?.failure,
    exchange?.incomplete,
  ])

function shown(frame: FrameContent): unknown {
  if (!('data' in frame)) return { close: frame.code }
  const bytes = Buffer.from(frame.data)
  return frame.kind === 'text' ? bytes.toString() : bytes.toString('base64')
}
