import { bufferOf } from '../../../base/bytes.ts'
import { requestFromInteraction } from '../../../cassette/convert.ts'
import type { ExchangeRequest } from '../../../exchange/exchange.ts'
import { isNumbered } from '../../../base/numbered.ts'
import { isDigest } from '../../../providers/requests/credentials.ts'
import { PLACEHOLDER } from '../../../redaction/edits.ts'
import type { HiddenValues } from '../../../redaction/parts/hidden-values.ts'
import type { HiddenDifferences } from '../../../reports/hidden.ts'
import type { NearestRecording } from '../nearest-recording.ts'
import { isHiddenAt, membersOf } from './stand-ins.ts'

const MAX_BODY_BYTES = 4096

/** Whether a redacted request may be told from another of its key by what it hides. */
export const hidesSomething = ({ url, body }: ExchangeRequest): boolean =>
  /=REDACTED(?:&|$)/.test(url) ||
  (body !== null && body.length <= MAX_BODY_BYTES && bufferOf(body).includes(PLACEHOLDER))

/**
 * What is to be said if a request and the nearest recording differ only in values that redaction hides. `undefined`: they
 * differ in something else, or in nothing.
 * @param sent digests of the hidden values of the request
 */
export function hiddenDifferences(
  { recording, differences }: NearestRecording,
  request: ExchangeRequest,
  sent: HiddenValues,
): HiddenDifferences | undefined {
  if (differences.length === 0) {
    const former = recording.sent
    if (!recording.played || !former) return undefined
    const places = [...new Set([...Object.keys(former), ...Object.keys(sent)])]
    const names = places.filter((place) => !place.startsWith('headers.') && former[place] !== sent[place])
    return names.length === 0 ? undefined : { kind: 'credential', names: names.map(nameOf) }
  }
  const stored = requestFromInteraction(recording.entry.read().request)
  const all = differences.flatMap((one) =>
    one.path === 'query' && (one.recorded === undefined || one.incoming === undefined)
      ? membersOf(one)
      : [one],
  )
  const kinds = all.map(({ path, recorded, incoming }) => {
    const [, place, name = ''] = /^(query|body)\.(.+?)(?:\[\d+\])?$/.exec(path) ?? []
    if (place === undefined) return undefined
    const both = [recorded, incoming].map(String)
    if (place === 'query' && both.every(isDigest)) return { kind: 'redacted' as const, name }
    const isCredential =
      both.every(isNumbered) || isHiddenAt(stored, place, name) || isHiddenAt(request, place, name)
    return isCredential ? { kind: 'credential' as const, name: nameOf(`${place}.${name}`) } : undefined
  })
  const [first] = kinds
  if (!first) return undefined
  const names = kinds.flatMap((one) => (one?.kind === first.kind ? [one.name] : []))
  return names.length === kinds.length ? { kind: first.kind, names: [...new Set(names)] } : undefined
}

const nameOf = (place: string): string => place.replace(/^query\./, '?')
