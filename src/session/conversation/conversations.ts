import { setImmediate as macrotask } from 'node:timers/promises'

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

/** What a conversation does with the session's recordings. */
export interface ConversationActions {
  /** `undefined`: `beforeReplay` returned `null`. */
  play(recording: Recording): Promise<Replay | undefined>
  /**
   * The miss of a client that does not go on as its recording does.
   * @param heard how many messages have come, if there are more to come
   */
  diverged(incoming: IncomingRequest, request: ExchangeRequest, heard?: number): Error
}

/**
 * A body that has not moved for this long belongs to a client that waits for an answer first, ms. Soon, where one can be
 * had from the network; late, where it cannot, or where another recording begins so: then the upload is only slow.
 */
const STALL_MS = { soon: 1000, late: 10_000 }

/** What a client is given to say its first word where several recordings wait for it, ms. */
const FIRST_MS = 50

/**
 * Answers a client that waits for an answer before it sends on, by what it has sent.
 * @returns `undefined` when the body has ended, or when no recording of a conversation begins as it does
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
    // Before it has said anything, a client begins like all of those that were answered then.
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
    // Messages are not sent by halves: nothing else can answer what has none of its own.
    else if (others.length === 0 && partial.messages) return undefined
    else if (!(await sendsMore(context, partial, others))) return undefined
  }
  return undefined
}

/**
 * Answers a request that is whole where its recording is not: the answer had come before the end, which was then not
 * sent. From memory a client may have sent all of it before it can be answered.
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
  const replay = await actions.play(recording)
  if (!replay) return undefined
  void conversation.watch()
  return { ...replay, turn: (after) => conversation.turn(after) }
}

/** Waits for more of the body. @returns `false` where the client seems to wait, too */
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

/** `after`: units sent when the answer came. */
function beginning({ entry }: Recording): { recorded: ExchangeRequest; after: number } {
  const { request, response } = entry.read()
  return { recorded: requestFromInteraction(request), after: response?.after ?? 0 }
}
