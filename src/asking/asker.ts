import { isoNow } from '../clock.ts'
import { toError } from '../base/to-error.ts'
import { toInteraction } from '../cassette/convert.ts'
import { nextId } from '../cassette/ids.ts'
import type { Interaction, StoredMatch } from '../cassette/interaction.ts'
import type { Digest } from '../drift/types.ts'
import { UnmeasuredError } from '../errors/unmeasured-error.ts'
import type { Exchange, ExchangeRequest } from '../exchange/exchange.ts'
import { fingerprint, RULES_VERSION } from '../fingerprint/fingerprint.ts'
import { digestOf } from '../gate/recorded-response.ts'
import type { WrittenRequest } from '../migration/asking.ts'
import { endpoint, type Provider } from '../migration/providers.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Budget } from './budget.ts'
import type { Sender } from './sender.ts'

/** A model, and where it is asked. */
export interface Target {
  readonly model: string
  readonly provider: Provider
  /** Absent: that of the provider. */
  readonly baseUrl?: string
  /** The key. Called at the first request only: a run that asks nothing needs no key. Throws if there is none. */
  key(): string
}

/** `failed`: with the reason. `stopped`: the budget is used up. */
export type Asked =
  | { readonly kind: 'answered'; readonly interaction: Interaction; readonly digest: Digest }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' }

export interface Question {
  readonly written: WrittenRequest
  /** The label by which the answer is read. */
  readonly api: string
  /** The tokens that the answer may have. */
  readonly output: number
  /** Ids that the cassette has. */
  readonly taken?: { has(id: string): boolean }
}

interface Tools {
  readonly sender: Sender
  readonly budget: Budget
  readonly redactor: Redactor
}

const NO_IDS: ReadonlySet<string> = new Set()
/** Characters of a token, about. */
const TOKEN = 4
const MAX_MESSAGE = 300

/** Asks models, and makes interactions of what they answer. */
export class Asker {
  readonly #tools: Tools

  constructor(tools: Tools) {
    this.#tools = tools
  }

  /** The keys of a request as its cassette has them: those of the redacted request. */
  matchOf(written: WrittenRequest, target: Target): StoredMatch {
    return matchOf(this.#tools.redactor.request(requestOf(written, target, {})))
  }

  /**
   * Asks once. An answer that is an error is a failure.
   * @throws {UnmeasuredError} if no request to this target can succeed: there is no key, or it is refused, or the model is unknown
   */
  async ask(target: Target, question: Question): Promise<Asked> {
    const { budget, redactor, sender } = this.#tools
    const { api, output, taken = NO_IDS, written } = question
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...target.provider.headers(target.key()),
    }
    const body = JSON.stringify(written.body)
    const settle = budget.hold(target.model, { input: Math.ceil(body.length / TOKEN), output })
    if (settle === undefined) return { kind: 'stopped' }
    const request = requestOf(written, target, headers)
    const recordedAt = isoNow()
    const reply = await sender.post(request.url, headers, body).catch(toError)
    if (reply instanceof Error) {
      settle(undefined)
      return { kind: 'failed', reason: `no answer: ${reply.message}` }
    }
    const exchange: Exchange = {
      recordedAt,
      request,
      response: {
        status: reply.status,
        headers: Object.entries(reply.headers),
        delayMs: reply.ms,
        chunks: [{ data: reply.body, delayMs: 0 }],
      },
    }
    const clean = redactor.exchange(exchange)
    const match = matchOf(clean.request)
    const interaction = toInteraction(clean, match, nextId(match.key, taken))
    const digest = digestOf(interaction, api)
    settle(digest?.usage ? { input: digest.usage.input ?? 0, output: digest.usage.output ?? 0 } : undefined)
    if (digest !== undefined && digest.ok && reply.status < 400)
      return { kind: 'answered', interaction, digest }
    const { type = '', message = '' } = digest?.error ?? {}
    const reason = `${reply.status} ${type} ${message}`.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE)
    if ([401, 403, 404].includes(reply.status)) throw refusal(target, reply.status, reason)
    return { kind: 'failed', reason }
  }
}

function refusal({ model, provider }: Target, status: number, reason: string): UnmeasuredError {
  const hint =
    status === 404
      ? `Check the name of the model, ${model}, and --base-url`
      : `Check the key${provider.keys.length > 0 ? ` in ${provider.keys.join(' or ')}` : ''}`
  return new UnmeasuredError(`${provider.name} refused the request: ${reason}. ${hint}.`)
}

const requestOf = (
  { body, path }: WrittenRequest,
  { baseUrl, provider }: Target,
  headers: Readonly<Record<string, string>>,
): ExchangeRequest => ({
  method: 'POST',
  url: endpoint(provider, baseUrl, path),
  headers: Object.entries(headers),
  body: Buffer.from(JSON.stringify(body)),
})

function matchOf(request: ExchangeRequest): StoredMatch {
  const { matchKey, semanticKey, on, api } = fingerprint(request)
  return { key: matchKey, semantic_key: semanticKey, on, api, v: RULES_VERSION }
}
