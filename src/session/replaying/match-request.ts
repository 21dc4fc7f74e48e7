import { sleep } from '../../clock.ts'
import type { IncomingRequest } from '../../exchange/gate.ts'
import { decodeContent } from '../../exchange/content-encoding/content-encoding.ts'
import { headerValue } from '../../exchange/headers.ts'
import type { ExchangeRequest, MessageReaders } from '../../exchange/exchange.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import type { RequestView } from '../options/options.ts'

/** Content-decodes the body of a request if it can be decoded. */
async function decodeRequest(request: ExchangeRequest): Promise<ExchangeRequest> {
  if (request.body === null || headerValue(request.headers, 'content-encoding') === undefined) return request
  return (await decodeContent({ recordedAt: '', request })).request
}

/**
 * The redacted request, from which a match key is computed. Recordings have only redacted requests, so incoming requests are
 * redacted in the same way before they are compared.
 */
export const redactedRequest = async (
  request: ExchangeRequest,
  redactor: Redactor,
  readers?: MessageReaders,
  within: <T>(redact: () => T) => T = (redact) => redact(),
): Promise<ExchangeRequest> => {
  const decoded = await decodeRequest(request)
  return within(() => redactor.request(decoded, readers))
}

/** How long a miss waits for the rest of the request's body. Then it is reported without the body, ms. */
const BODY_PATIENCE_MS = 100

/** The body, if it comes soon. A duplex client sends until it is answered, so its body may not end before that. */
export const bodySoon = (incoming: IncomingRequest): Promise<Uint8Array | null> =>
  Promise.race([incoming.body().catch(() => null), sleep(BODY_PATIENCE_MS, { ref: false }).then(() => null)])

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
    // The body is not UTF-8: the matcher gets the bytes.
  }
  return { method, url, headers: named, body: text }
}
