import { looksLikeText, readVarint, type WireField, wireFields } from '../../exchange/wire/protobuf-wire.ts'
import type { Difference } from './difference.ts'

const MAX_DEPTH = 100

/**
 * The differences between two protobuf messages whose descriptor is unknown, as paths of field numbers (`messages[0].1.2`).
 * Repeated fields have an index. `@<offset>` is the first byte that differs, if the bytes are not a message or if only their
 * encoding differs (the order of fields, a long varint). Different bytes give at least one difference.
 */
export function wireDifferences(path: string, recorded: Buffer, incoming: Buffer, depth = 0): Difference[] {
  if (recorded.equals(incoming)) return []
  const left = depth < MAX_DEPTH ? wireFields(recorded) : undefined
  const right = depth < MAX_DEPTH ? wireFields(incoming) : undefined
  if (left === undefined || right === undefined) return [byteDifference(path, recorded, incoming)]
  const a = Map.groupBy(left, ({ number }) => number)
  const b = Map.groupBy(right, ({ number }) => number)
  const found = [...new Set([...a.keys(), ...b.keys()])]
    .toSorted((x, y) => x - y)
    .flatMap((number) =>
      ofField(
        `${path}.${number}`,
        (a.get(number) ?? []).map((field) => valueOf(recorded, field)),
        (b.get(number) ?? []).map((field) => valueOf(incoming, field)),
        depth,
      ),
    )
  return found.length > 0 ? found : [byteDifference(path, recorded, incoming)]
}

interface Value {
  readonly kind: WireField['kind']
  readonly bytes: Buffer
}

const valueOf = (message: Buffer, { kind, valueStart, end }: WireField): Value => ({
  kind,
  bytes: message.subarray(valueStart, end),
})

const same = (a: Value | undefined, b: Value | undefined): boolean =>
  a !== undefined && b !== undefined && a.kind === b.kind && a.bytes.equals(b.bytes)

/** The values of one field. Repeated values have an index. Values that are equal at the end are paired from the end. */
function ofField(
  path: string,
  recorded: readonly Value[],
  incoming: readonly Value[],
  depth: number,
): Difference[] {
  if (recorded.length <= 1 && incoming.length <= 1) return ofValue(path, recorded[0], incoming[0], depth)
  let tail = 0
  const shorter = Math.min(recorded.length, incoming.length)
  while (tail < shorter && same(recorded.at(-1 - tail), incoming.at(-1 - tail))) tail += 1
  const middle = Math.max(recorded.length, incoming.length) - tail
  return Array.from({ length: middle }, (_, at) => at).flatMap((at) =>
    ofValue(
      `${path}[${at}]`,
      at < recorded.length - tail ? recorded[at] : undefined,
      at < incoming.length - tail ? incoming[at] : undefined,
      depth,
    ),
  )
}

function ofValue(path: string, a: Value | undefined, b: Value | undefined, depth: number): Difference[] {
  if (a === b || same(a, b)) return []
  const nested =
    a?.kind === 'bytes' && b?.kind === 'bytes' && !looksLikeText(a.bytes) && !looksLikeText(b.bytes)
  if (nested && wireFields(a.bytes) && wireFields(b.bytes))
    return wireDifferences(path, a.bytes, b.bytes, depth + 1)
  return [{ path, recorded: a && shown(a), incoming: b && shown(b) }]
}

/** The value in readable form, as far as that is possible without the descriptor. */
function shown({ kind, bytes }: Value): unknown {
  if (kind === 'bytes') return looksLikeText(bytes) || bytes.length === 0 ? bytes.toString() : base64(bytes)
  if (kind === 'varint') {
    const value = readVarint(bytes, 0)?.value ?? 0n
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
  }
  const number = kind === 'fixed64' ? bytes.readDoubleLE() : shortFloat(bytes.readFloatLE())
  const plausible = number === 0 || (Math.abs(number) > 1e-6 && Math.abs(number) < 1e12)
  return plausible ? number : `0x${Buffer.from(bytes.toReversed()).toString('hex')}`
}

/** Writes the fewest digits that give the same 32 bits. */
const shortFloat = (value: number): number =>
  [6, 7, 8].map((digits) => Number(value.toPrecision(digits))).find((one) => Math.fround(one) === value) ??
  value

const base64 = (bytes: Buffer): string => `base64 ${bytes.toString('base64')}`

/** Shows both messages from the first byte that differs. */
function byteDifference(path: string, recorded: Buffer, incoming: Buffer): Difference {
  const end = Math.min(recorded.length, incoming.length)
  let at = 0
  while (at < end && recorded[at] === incoming[at]) at += 1
  const rest = (bytes: Buffer): string | undefined =>
    at < bytes.length ? base64(bytes.subarray(at)) : undefined
  return { path: `${path}@${at}`, recorded: rest(recorded), incoming: rest(incoming) }
}
