import { bufferOf } from '../../base/bytes.ts'
import { numberedIn, replaceNumbered } from '../../base/numbered.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { PLACEHOLDER } from '../edits.ts'
import type { GivenValues } from './given-values.ts'

/** The request with a plain placeholder for each stand-in of another cassette: its number says nothing here. */
export function withoutForeign(request: ExchangeRequest, given: GivenValues): ExchangeRequest {
  const { url, body } = request
  const plain = (text: string): string =>
    replaceNumbered(text, (standIn) => (given.knows(standIn) ? standIn : PLACEHOLDER))
  const isForeign = (text: string): boolean => numberedIn(text).some((standIn) => !given.knows(standIn))
  const changed = isForeign(url) ? { ...request, url: plain(url) } : request
  if (body === null || !bufferOf(body).includes(`${PLACEHOLDER}-`)) return changed
  const text = bufferOf(body).toString('latin1')
  return isForeign(text) ? { ...changed, body: Buffer.from(plain(text), 'latin1') } : changed
}
