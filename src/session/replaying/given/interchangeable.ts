import { numberedIn } from '../../../base/numbered.ts'
import { isCredentials } from '../answer/refresh.ts'
import type { Recording } from '../bucket.ts'
import { standInsOf } from './recorded-stand-ins.ts'

/**
 * Tells which stand-ins may take each other's place: those of answers to the same request for credentials. How often a program asks
 * for a token, and which of its clients asks first, depends on timing. Asked only if no recording has the stand-in itself.
 */
export class Interchangeable {
  readonly #recordings: readonly Recording[]
  #givers: Map<string, Recording> | undefined

  constructor(recordings: readonly Recording[]) {
    this.#recordings = recordings
  }

  /** Whether two texts differ in nothing but such stand-ins. */
  areSame(recorded: string, incoming: string): boolean {
    const [left, right] = [numberedIn(recorded), numberedIn(incoming)]
    if (left.length === 0 || left.length !== right.length) return false
    const swapped = left.reduce((text, one, at) => text.replace(one, `\0${at}`), recorded)
    const same = right.reduce((text, one, at) => text.replace(one, `\0${at}`), incoming)
    return swapped === same && left.every((one, at) => this.#isSamePair(one, right[at] ?? ''))
  }

  #isSamePair(one: string, other: string): boolean {
    if (one === other) return true
    const [a, b] = [this.#giverOf(one)?.entry, this.#giverOf(other)?.entry]
    return a?.match !== undefined && a.match.key === b?.match?.key && isCredentials(a)
  }

  #giverOf(standIn: string): Recording | undefined {
    this.#givers ??= this.#recordings.reduce((givers, recording) => {
      for (const one of standInsOf([recording])) if (!givers.has(one)) givers.set(one, recording)
      return givers
    }, new Map<string, Recording>())
    return this.#givers.get(standIn)
  }
}
