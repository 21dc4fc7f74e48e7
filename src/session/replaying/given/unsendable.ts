import { numberedIn } from '../../../base/numbered.ts'
import { StandInError } from '../../../errors/stand-in-error.ts'
import type { ExchangeRequest, RequestHead } from '../../../exchange/exchange.ts'
import type { SessionContext } from '../../context.ts'
import { textOf } from './recorded-stand-ins.ts'

/**
 * The error of a request that would go to its server with a stand-in for a value that a recording gave. `undefined`: it has none.
 * @param redacted the redacted request, if the look-up has it
 */
export function standInError(
  { opened, playback, path }: Pick<SessionContext, 'opened' | 'playback' | 'path'>,
  { method, url, headers }: RequestHead,
  redacted: ExchangeRequest | undefined,
): StandInError | undefined {
  if (playback.recordings.length === 0) return undefined
  const request = redacted ?? opened.redactor.request({ method, url, headers, body: null })
  const body = request.body === null ? '' : textOf(request.body)
  const texts = [request.url, ...request.headers.map(([, value]) => value), body]
  for (const standIn of texts.flatMap(numberedIn)) {
    const giver = playback.recordings.find(({ entry }) => isIn(textOf(entry.text), standIn))
    if (!giver) continue
    const { id, method: verb, url: address } = giver.entry
    const line = `${verb} ${URL.parse(address)?.pathname ?? address}`
    return new StandInError({
      request: { method, url: request.url },
      standIn,
      giver: { id, position: giver.position, line },
      path,
    })
  }
  return undefined
}

const isIn = (text: string, standIn: string): boolean => numberedIn(text).includes(standIn)
