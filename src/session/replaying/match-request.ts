import { setTimeout as sleep } from 'node:timers/promises'

import type { IncomingRequest } from '../../exchange/gate.ts'
import { decodeContent } from '../../exchange/content-encoding/content-encoding.ts'
import { headerValue } from '../../exchange/headers.ts'
import type { ExchangeRequest, MessageReaders } from '../../exchange/exchange.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import type { RequestView } from '../options/options.ts'

/** Content-decodes a request's body where that can be done. */
async function decodeRequest(request: ExchangeRequest): Promise<ExchangeRequest> {
  if (request.body === null || headerValue(request.headers, 'content-encoding') === undefined) return request
  return (await decodeContent({ recordedAt: '', request })).request
}

/**
 * What both sides of a match are made of: the redacted request. A recording has nothing else, and only what
 * was redacted the same way on both sides is equal on both.
 */
export const redactedRequest = async (
  request: ExchangeRequest,
  redactor: Redactor,
  readers?: MessageReaders,
): Promise<ExchangeRequest> => redactor.request(await decodeRequest(request), readers)

/** How long a miss waits for the rest of a request's body before it is reported without, ms. */
const BODY_PATIENCE_MS = 100

/** @remarks A duplex client sends on until it is answered: what has not come by then is not waited for. */
export const bodySoon = (incoming: IncomingRequest): Promise<Uint8Array | null> =>
  Promise.race([incoming.body().catch(() => null), sleep(BODY_PATIENCE_MS, null, { ref: false })])

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function requestView({ method, url, headers, body }: ExchangeRequest): RequestView {
  const named: Record<string, string> = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    named[key] = Object.hasOwn(named, key) ? `${named[key]}, ${value}` : value
  }
  let text: string | Uint8Array | null = body
  try {
    if (body) text = utf8.decode(body)
  } catch {
    // Not text: the matcher gets the bytes.
  }
  return { method, url, headers: named, body: text }
}
