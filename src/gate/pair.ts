import type { Recording } from './recording.ts'

export interface Pairing {
  readonly pairs: readonly (readonly [base: Recording, head: Recording])[]
  readonly base: readonly Recording[]
  readonly head: readonly Recording[]
}

/** Pairs recordings whose key is the same, each once, in the order they were recorded. The rest has no partner. */
export function pairBy(
  base: readonly Recording[],
  head: readonly Recording[],
  keyOf: (recording: Recording) => string,
): Pairing {
  const waiting = new Map<string, Recording[]>()
  for (const recording of head) {
    const key = keyOf(recording)
    const known = waiting.get(key)
    if (known === undefined) waiting.set(key, [recording])
    else known.push(recording)
  }
  const taken = new Set<Recording>()
  const pairs: (readonly [Recording, Recording])[] = []
  const alone: Recording[] = []
  for (const recording of base) {
    const partner = waiting.get(keyOf(recording))?.shift()
    if (partner === undefined) alone.push(recording)
    else {
      taken.add(partner)
      pairs.push([recording, partner])
    }
  }
  return { pairs, base: alone, head: head.filter((recording) => !taken.has(recording)) }
}

/** By match key, then by semantic key: another model, or another API, may have answered the same question. */
export function pairRecordings(base: readonly Recording[], head: readonly Recording[]): Pairing {
  const first = pairBy(base, head, ({ key }) => key)
  const second = pairBy(first.base, first.head, ({ semanticKey }) => semanticKey)
  return { ...second, pairs: [...first.pairs, ...second.pairs] }
}
