import { macrotask } from '../../clock.ts'
import { requestFromInteraction } from '../../cassette/convert.ts'
import type { IncomingRequest, Replay } from '../../exchange/gate.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import type { SessionContext } from '../context.ts'
import { Conversation } from './conversation.ts'
import { PartialRequest } from './partial-request.ts'
import type { Recording } from '../replaying/bucket.ts'
import type { Playback } from '../replaying/playback.ts'
import { samePrefix } from './same-prefix.ts'
import { followUpload, type Upload } from './upload.ts'

/** What a conversation needs of the session. */
export interface ConversationActions {
  /** `undefined`: `beforeReplay` returned `null`. */
  play(recording: Recording, incoming: IncomingRequest): Promise<Replay | undefined>
  /**
   * The miss of a client that sends something else than its recording.
   * @param heard how many messages have come, if there are more to come
   */
  diverged(incoming: IncomingRequest, request: ExchangeRequest, heard?: number): Error
}

/**
 * How long a body may pause before its client counts as waiting for an answer, ms. `soon` if the request may go to the network;
 * `late` if it may not, or if another recording begins like it: then the upload may only be slow.
 */
const STALL_MS = { soon: 1000, late: 10_000 }

/** How long to wait for the client's first bytes if several recordings could answer it, ms. */
const FIRST_MS = 50

/**
 * Answers a client that waits for an answer before it sends more. Chooses the recording by what the client has sent.
 * @returns `undefined` if the body has ended, or if no recording of a conversation begins like it
 */
export async function beginConversation(
  context: SessionContext,
  actions: ConversationActions,
  incoming: IncomingRequest,
  upload: Upload,
): Promise<Replay | undefined> {
  if (!upload.ended) await macrotask()
  if (upload.ended) return undefined
  const { playback } = context
  const { partial, conversations, others } = candidates(context, incoming, upload)
  const ruledOut = new Set<Recording>()
  let hasBegun = false
  while (!upload.ended) {
    const left = conversations.filter((recording) => !ruledOut.has(recording) && playback.isFree(recording))
    // A client that has sent nothing fits every recording that was answered at that point.
    if (!hasBegun && upload.bytes.length === 0 && left.length > 1) await upload.progress(FIRST_MS)
    hasBegun = true
    if (upload.ended) return undefined
    for (const recording of left) {
      const { recorded, after } = beginning(recording)
      if (upload.units.count < after) continue
      const replay = await play(context, actions, incoming, { partial, recording, recorded })
      if (replay) return replay
      ruledOut.add(recording)
    }
    if (left.some((recording) => !ruledOut.has(recording))) await upload.progress()
    // A message is never sent in part. If the body has messages and no other recording is left, nothing can answer it.
    else if (others.length === 0 && partial.messages) return undefined
    else if (!(await sendsMore(context, partial, others))) return undefined
  }
  return undefined
}

/**
 * Answers a whole request from a recording that is cut short: when it was recorded, the response came first and the client
 * stopped sending. In replay a client may send all of a body that it has in memory before it can be answered.
 */
export async function resumeConversation(
  context: SessionContext,
  actions: ConversationActions,
  incoming: IncomingRequest,
  body: Uint8Array | null,
): Promise<Replay | undefined> {
  if (body === null) return undefined
  const upload = followUpload({
    ...incoming,
    follow(listener) {
      listener.data(body)
      listener.end()
    },
  })
  if (!upload) return undefined
  const { partial, conversations } = candidates(context, incoming, upload)
  for (const recording of conversations) {
    const { recorded, after } = beginning(recording)
    if (!recorded.incomplete || upload.units.count < after) continue
    const replay = await play(context, actions, incoming, { partial, recording, recorded })
    if (replay) return replay
  }
  return undefined
}

function candidates(
  { opened, playback }: SessionContext,
  incoming: IncomingRequest,
  upload: Upload,
): { partial: PartialRequest } & ReturnType<Playback['at']> {
  const { method, url, headers } = incoming
  const readers = opened.readersFor(incoming)
  const redact = (request: ExchangeRequest): ExchangeRequest => opened.redactor.request(request, readers)
  const partial = new PartialRequest({ method, url, headers }, upload, redact)
  return { partial, ...playback.at(method, redact({ method, url, headers, body: null }).url) }
}

interface Candidate {
  readonly partial: PartialRequest
  readonly recording: Recording
  readonly recorded: ExchangeRequest
}

/** `undefined`: the recording does not begin as the client does, or `beforeReplay` returned `null`. */
async function play(
  { playback }: SessionContext,
  actions: ConversationActions,
  incoming: IncomingRequest,
  { partial, recording, recorded }: Candidate,
): Promise<Replay | undefined> {
  const { upload } = partial
  const conversation = new Conversation(recorded, partial, {
    same: (request) => playback.isAnswer(recording, request),
    diverged: async (request) =>
      actions.diverged(incoming, request, upload.ended ? undefined : upload.units.messages?.length),
  })
  if (!conversation.fits || !(recording.played || playback.isOurs(recording))) return undefined
  const replay = await actions.play(recording, incoming)
  if (!replay) return undefined
  void conversation.watch()
  return { ...replay, turn: (after) => conversation.turn(after) }
}

/** Waits for more of the body. @returns `false` if the client seems to wait for an answer */
async function sendsMore(
  { isLive }: SessionContext,
  partial: PartialRequest,
  others: readonly Recording[],
): Promise<boolean> {
  const { upload } = partial
  if (!isLive) return upload.progress(STALL_MS.late)
  if (await upload.progress(STALL_MS.soon)) return true
  const mayBe = (recording: Recording): boolean => {
    const { recorded } = beginning(recording)
    return samePrefix(recorded, partial.receivedSoFar(recorded))
  }
  return others.some(mayBe) && upload.progress(STALL_MS.late - STALL_MS.soon)
}

/** The recorded request, and how many units of it had been sent when the response came. */
function beginning({ entry }: Recording): { recorded: ExchangeRequest; after: number } {
  const { request, response } = entry.read()
  return { recorded: requestFromInteraction(request), after: response?.after ?? 0 }
}
