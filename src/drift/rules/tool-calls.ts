import { isList, isObject, isRawNumber, own } from '../../providers/json/json.ts'
import type { DigestCall } from '../types.ts'
import { type Changes, keyed, type Pair, same } from './changes.ts'

/** Long enough to be written for a person: there the wording may differ. */
const PROSE_CHARACTERS = 60
const PROSE_WORDS = 8

/** The calls as a multiset: the ids are left out, the order is cosmetic. */
export function compareCalls({ a, b, path, recovered }: Pair, changes: Changes): void {
  const at = `${path}.tool_calls`
  const { pairs, lost, added } = pairCalls(a.tool_calls, b.tool_calls)
  for (const call of lost) changes.regression('tool_calls', `${at}[${call.name}]`, call, undefined)
  // An answer that was cut off or refused had not come to its calls.
  for (const call of added)
    changes[recovered ? 'benign' : 'regression']('tool_calls', `${at}[${call.name}]`, undefined, call)
  const seen = new Map<string, number>()
  for (const [before, after] of pairs) {
    const count = seen.get(before.name) ?? 0
    seen.set(before.name, count + 1)
    const where = `${at}[${before.name}]${count === 0 ? '' : `[${count}]`}.arguments`
    compareArguments(before.arguments, after.arguments, where, changes)
  }
  if (lost.length > 0 || added.length > 0) return
  const order = pairs.map(([, after]) => b.tool_calls.indexOf(after))
  if (order.some((place, index) => place !== index))
    changes.benign('tool_calls', at, a.tool_calls.map(nameOf), b.tool_calls.map(nameOf))
}

const nameOf = ({ name }: DigestCall): string => name

interface PairedCalls {
  /** In the order of the recorded calls. */
  readonly pairs: readonly (readonly [before: DigestCall, after: DigestCall])[]
  readonly lost: readonly DigestCall[]
  readonly added: readonly DigestCall[]
}

/** Calls that are the same first, then those of one name in their order. */
function pairCalls(before: readonly DigestCall[], after: readonly DigestCall[]): PairedCalls {
  const left = new Set(after)
  const partner = new Map<DigestCall, DigestCall>()
  const pairUp = (fits: (a: DigestCall, b: DigestCall) => boolean): void => {
    for (const call of before) {
      if (partner.has(call)) continue
      const found = [...left].find((candidate) => candidate.name === call.name && fits(call, candidate))
      if (found === undefined) continue
      partner.set(call, found)
      left.delete(found)
    }
  }
  pairUp((a, b) => same(a.arguments, b.arguments))
  pairUp(() => true)
  return {
    pairs: before.flatMap((call) => {
      const found = partner.get(call)
      return found === undefined ? [] : [[call, found] as const]
    }),
    lost: before.filter((call) => !partner.has(call)),
    added: [...left],
  }
}

function compareArguments(before: unknown, after: unknown, path: string, changes: Changes): void {
  // Text that did not parse, and does now.
  if (typeof before === 'string' && isObject(after)) changes.benign('tool_calls', path, before, after)
  else compareValues(before, after, path, changes)
}

function compareValues(before: unknown, after: unknown, path: string, changes: Changes): void {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [has, had] = [Object.hasOwn(after, key), Object.hasOwn(before, key)]
      if (has && had) compareValues(own(before, key), own(after, key), keyed(path, key), changes)
      else changes.regression('tool_calls', keyed(path, key), own(before, key), own(after, key))
    }
  } else if (isList(before) && isList(after)) {
    if (before.length !== after.length) changes.regression('tool_calls', path, before, after)
    else for (const [at, item] of before.entries()) compareValues(item, after[at], `${path}[${at}]`, changes)
  } else if (typeof before === 'string' && typeof after === 'string') {
    if (before === after) return
    const isCosmetic = folded(before) === folded(after) || (isProse(before) && isProse(after))
    changes[isCosmetic ? 'benign' : 'regression']('tool_calls', path, before, after)
  } else if (!same(before, after)) {
    changes.regression('tool_calls', path, plainNumber(before), plainNumber(after))
  }
}

const plainNumber = (value: unknown): unknown => (isRawNumber(value) ? value.rawJSON : value)

const folded = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

const isProse = (text: string): boolean =>
  text.length >= PROSE_CHARACTERS && text.trim().split(/\s+/).length >= PROSE_WORDS
