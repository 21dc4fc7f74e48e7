import { createHash } from 'node:crypto'

import { bufferOf } from '../base/bytes.ts'
import { highestNumber } from '../base/numbered.ts'
import type { Cassette } from '../cassette/cassette.ts'
import { toInteraction } from '../cassette/convert.ts'
import type { EntryText } from '../cassette/envelope.ts'
import { Ids } from '../cassette/ids.ts'
import { interactionText, withId } from '../cassette/interaction-text.ts'
import { decodeContent } from '../exchange/content-encoding/content-encoding.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { fingerprint, RULES_VERSION } from '../fingerprint/fingerprint.ts'
import { GivenValues } from '../redaction/given/given-values.ts'
import { isOwnValue } from '../redaction/given/own-value.ts'
import { createRedactor, type RedactorOptions } from '../redaction/redactor.ts'

/** Interactions that were made of another tool's recordings. */
export interface ImportedTexts {
  /** The new ones, with ids that the cassette does not have. */
  readonly texts: readonly EntryText[]
  /** How many the cassette had already. */
  readonly known: number
}

/** Turns exchanges into interactions one after the other, redacted, with their keys, as the recorder would have written them. */
export class Importing {
  readonly #redactor: ReturnType<typeof createRedactor>
  readonly #numbersFrom: number
  readonly #known: Map<string, number>
  readonly #ids: Ids
  readonly #texts: Buffer[] = []
  #count = 0
  #knownCount = 0

  /**
   * @param cassette what is there already: what it has is not added again
   * @param numbersFrom the number before the first stand-in for what servers gave
   */
  constructor(env: RedactorOptions['env'], cassette: Cassette | undefined, numbersFrom = 0) {
    this.#redactor = createRedactor({ env, given: new GivenValues() })
    this.#numbersFrom = numbersFrom
    this.#known = countsOf((cassette?.entries ?? []).map(({ text }) => signatureOf(text)))
    this.#ids = new Ids(new Set(cassette?.entries.map(({ id }) => id)))
  }

  get result(): ImportedTexts {
    return { texts: this.#texts, known: this.#knownCount }
  }

  async add(exchange: Exchange): Promise<void> {
    const decoded = await decodeContent(exchange)
    const index = this.#count++
    const giver = {
      number: this.#numbersFrom + index + 1,
      // What came before this one had been answered before it was sent.
      from: () => index + 1,
      isOwn: (name: string, value: string) => isOwnValue(decoded.request, name, value),
      count: 0,
    }
    const redacted = this.#redactor.exchange(decoded, undefined, undefined, { giver, index })
    const { matchKey, semanticKey, on, api } = fingerprint(redacted.request, {
      moments: [Date.parse(redacted.recordedAt)],
    })
    const match = { key: matchKey, semantic_key: semanticKey, on, api, v: RULES_VERSION }
    const text = interactionText(toInteraction(redacted, match, matchKey.slice(0, 16)))
    const signature = signatureOf(text)
    const left = this.#known.get(signature) ?? 0
    if (left > 0) {
      this.#known.set(signature, left - 1)
      this.#knownCount++
    } else this.#texts.push(Buffer.from(withId(text, this.#ids.take(matchKey))))
  }
}

/** The highest number of a stand-in in a cassette; 0 if it has none. */
export const highestNumberIn = (cassette: Cassette): number =>
  cassette.entries.reduce((highest, { text }) => Math.max(highest, highestNumber(latin(text), 0)), 0)

const latin = (text: EntryText): string =>
  typeof text === 'string' ? text : bufferOf(text).toString('latin1')

/** Tells an interaction from another, whatever its id and the time it was made at. */
function signatureOf(text: EntryText): string {
  const plain = latin(typeof text === 'string' ? Buffer.from(text) : text)
  const kept = plain.replace(/^ *- id: [^\n]*\n/m, '').replace(/^ *recorded_at: [^\n]*\n/m, '')
  return createHash('sha256').update(kept).digest('base64')
}

function countsOf(signatures: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of signatures) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}
