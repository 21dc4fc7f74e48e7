import { numberedIn } from '../../../base/numbered.ts'
import { StandInError } from '../../../errors/stand-in-error.ts'
import type { ExchangeRequest, RequestHead } from '../../../exchange/exchange.ts'
import { type GivenBy, handedElsewhere } from '../../process/given-elsewhere.ts'
import type { SessionContext } from '../../context.ts'
import { textOf } from './recorded-stand-ins.ts'

/** The stand-ins with numbers in a request. */
export function standInsIn({
  url,
  headers,
  body,
}: Pick<ExchangeRequest, 'url' | 'headers' | 'body'>): string[] {
  const texts = [url, ...headers.map(([, value]) => value), body === null ? '' : textOf(body)]
  return texts.flatMap(numberedIn)
}

/**
 * The error of a request that would go to its server with a stand-in for a value that a recording gave. `undefined`: it has none.
 * @param redacted the redacted request, if the look-up has it
 */
export function standInError(
  { opened, playback, path }: Pick<SessionContext, 'opened' | 'playback' | 'path'>,
  { method, url, headers }: RequestHead,
  redacted: ExchangeRequest | undefined,
): StandInError | undefined {
  const unsent = (standIn: string, giver: GivenBy, shown: string): StandInError =>
    new StandInError({ request: { method, url: shown }, standIn, giver, path })
  const sent = standInsIn({ url, headers, body: null })
  for (const standIn of sent) {
    const by = handedElsewhere(standIn, path)
    if (by) return unsent(standIn, by, opened.redactor.text(url))
  }
  if (playback.recordings.length === 0) return undefined
  const request = redacted ?? opened.redactor.request({ method, url, headers, body: null })
  for (const standIn of standInsIn(request)) {
    if (opened.given.isLive(standIn)) continue
    const giver = playback.recordings.find(({ entry }) => isIn(textOf(entry.text), standIn))
    if (!giver) continue
    const { id, method: verb, url: address } = giver.entry
    const line = `${verb} ${URL.parse(address)?.pathname ?? address}`
    return unsent(standIn, { id, position: giver.position, line, path }, request.url)
  }
  return undefined
}

const isIn = (text: string, standIn: string): boolean => numberedIn(text).includes(standIn)
