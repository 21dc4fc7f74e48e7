import { bufferOf } from '../../base/bytes.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { plainName } from '../../providers/requests/credentials.ts'

/** A shorter value may stand in other text by chance. */
const MIN_LENGTH = 12
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Whether a request had a value that its answer seems to give: the server repeats what the client has from elsewhere. */
export function isOwnValue(
  { url, headers, body }: Pick<ExchangeRequest, 'url' | 'headers' | 'body'>,
  name: string,
  value: string,
): boolean {
  const encoded = encodeURIComponent(value.toWellFormed())
  if (value.length >= MIN_LENGTH)
    return (
      [url, ...headers.map(([, text]) => text)].some(
        (text) => text.includes(value) || text.includes(encoded),
      ) ||
      (body !== null && (bufferOf(body).includes(value) || bufferOf(body).includes(encoded)))
    )
  const plain = plainName(name)
  const pair = new RegExp(`(?:^|[;?&\\s])${escaped(name)}=${escaped(encoded)}(?:$|[;&#\\s])`, 'i')
  const isInHeader = headers.some(
    ([other, text]) =>
      (plainName(other) === plain && text === value) || (/^cookie$/i.test(other) && pair.test(text)),
  )
  if (isInHeader || pair.test(url)) return true
  if (body === null) return false
  const text = bufferOf(body).toString('latin1')
  return pair.test(text) || text.includes(JSON.stringify(value))
}
