import type { EventAnswer } from '../providers/telemetry/telemetry.ts'
import {
  ACCEPTED,
  answerToEvents,
  answerToOtlp,
  mayBeOtlp,
  takesEvents,
} from '../providers/telemetry/telemetry.ts'
import { decodeContent } from '../exchange/content-encoding/content-encoding.ts'
import type { ExchangeRequest } from '../exchange/exchange.ts'
import type { IncomingRequest, Outcome } from '../exchange/gate.ts'
import { compileIgnore } from './options/ignore.ts'
import type { ResolvedOptions } from './options/options.ts'

/** Traffic that SDKs send on their own. It is never recorded. */
export class Telemetry {
  readonly #isOn: boolean
  readonly #isAdded: (method: string, url: string) => boolean
  readonly #isRecording: boolean

  /** @param isRecording whether telemetry goes to its server */
  constructor({ telemetry }: Pick<ResolvedOptions, 'telemetry'>, isRecording: boolean) {
    this.#isOn = telemetry !== false
    this.#isAdded = compileIgnore(telemetry === false ? [] : telemetry)
    this.#isRecording = isRecording
  }

  /** `undefined`: the request is no telemetry. */
  async outcome(incoming: IncomingRequest): Promise<Outcome | undefined> {
    if (!this.#isOn) return undefined
    const answer = this.named(incoming) ?? (await otlpAnswer(incoming))
    if (!answer) return undefined
    if (this.#isRecording) return { kind: 'forward' }
    const { body, ...head } = answer
    const chunks = body.length === 0 ? [] : [{ data: body, delayMs: 0 }]
    return { kind: 'replay', delayFactor: 0, response: { ...head, delayMs: 0, chunks } }
  }

  /** The answer to a request that its address alone shows to be telemetry. */
  named({ method, url }: { readonly method: string; readonly url: string }): EventAnswer | undefined {
    if (!this.#isOn) return undefined
    return answerToEvents(method, url) ?? (this.#isAdded(method, url) ? ACCEPTED : undefined)
  }

  /** Whether the name of a host may be looked up, because a client of telemetry does so before it connects. */
  mayLookUp(host: string): boolean {
    return this.#isOn && takesEvents(host)
  }
}

async function otlpAnswer(incoming: IncomingRequest): Promise<EventAnswer | undefined> {
  if (!mayBeOtlp(incoming)) return undefined
  const { method, url, headers } = incoming
  // An upload that the client gave up is an error for the look-up, not for this question.
  const body = await incoming.body().catch(() => null)
  const request: ExchangeRequest = { method, url, headers, body }
  const { request: decoded } = await decodeContent({ recordedAt: '', request })
  return answerToOtlp(incoming, decoded.body ?? new Uint8Array())
}
