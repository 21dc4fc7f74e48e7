import type { MessageReader } from '../../exchange/exchange.ts'
import { type Difference, differencesOfCanonical } from '../../fingerprint/differences/differences.ts'
import type { CanonicalRequest } from '../../providers/types.ts'

/**
 * The differences of two gRPC calls, with field names in place of numbers if the messages can be read. What reading loses
 * (a field that the descriptor does not have, another order) keeps its number.
 */
export function namedDifferences(
  differences: readonly Difference[],
  recorded: CanonicalRequest,
  incoming: CanonicalRequest,
  read: MessageReader | undefined,
): readonly Difference[] {
  if (!read || recorded.op !== 'grpc' || incoming.op !== 'grpc') return differences
  const places = Map.groupBy(differences, ({ path }) => /^messages\[(\d+)\]/.exec(path)?.[1])
  return [...places].flatMap(([place, numbered]) => {
    if (place === undefined) return numbered
    const [before, after] = [recorded, incoming].map((side) => jsonAt(side['messages'], Number(place), read))
    const path = `messages[${place}]`
    const [only] = numbered
    if (numbered.length === 1 && only?.path === path)
      return [
        {
          path,
          recorded: only.recorded === undefined ? undefined : (before ?? only.recorded),
          incoming: only.incoming === undefined ? undefined : (after ?? only.incoming),
        },
      ]
    const named = before === undefined || after === undefined ? [] : differencesOf(before, after)
    return named.length > 0
      ? named.map((one) => ({ ...one, path: path + one.path.slice('body'.length) }))
      : numbered
  })
}

function jsonAt(messages: unknown, place: number, read: MessageReader): unknown {
  const message: unknown = Array.isArray(messages) ? messages[place] : undefined
  return typeof message === 'string' ? read(Buffer.from(message, 'base64')) : undefined
}

const differencesOf = (recorded: unknown, incoming: unknown): Difference[] => {
  const [a, b] = [recorded, incoming].map((body): CanonicalRequest => ({
    method: '',
    path: '',
    op: 'generic',
    api: '',
    stream: false,
    body,
  }))
  return a && b ? differencesOfCanonical(a, b) : []
}
