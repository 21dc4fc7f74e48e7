import type { CassetteEntry } from '../cassette/cassette.ts'
import { type InteractionRequest, NO_MATCH } from '../cassette/interaction.ts'
import { canonicalOf, rebase } from '../cassette/rebase.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import { nearest } from '../fingerprint/nearest.ts'
import type { Recording } from './playback.ts'

/** In these two requests are not the same call any more, and a response of one is none for the other. */
const ANOTHER_CALL = new Set(['method', 'host', 'path', 'op', 'stream', 'background', 'alt'])

const UNRECORDED = { id: '', recorded_at: '', match: NO_MATCH }

/** The recordings of a run that took on other requests, and what becomes of their text. */
export class Rebases {
  readonly #texts = new Map<CassetteEntry, string>()

  get count(): number {
    return this.#texts.size
  }

  textOf(entry: CassetteEntry): string | Uint8Array {
    return this.#texts.get(entry) ?? entry.text
  }

  /**
   * Gives a missed request to the nearest recording of the same call that has not been played, the first of several.
   * @returns the recording that answers now
   */
  accept(
    miss: CassetteMiss,
    recordings: readonly Recording[],
    options: { matchOn: readonly string[] | undefined; at: string },
  ): Recording | undefined {
    const { matchOn, at } = options
    const matching = matchOn ? { matchOn } : {}
    // Of equals `nearest` takes the last.
    const free = recordings.filter(({ played, struck }) => !played && !struck).toReversed()
    const request = miss.request as InteractionRequest
    const found = nearest(
      canonicalOf({ ...UNRECORDED, request }, matching),
      free.map(({ entry }) => canonicalOf(entry.read(), matching)),
      matching,
    )
    const recording = found && free[found.index]
    if (!recording || found.differences.some(({ path }) => ANOTHER_CALL.has(path))) return undefined
    const others = recordings.filter((one) => one !== recording)
    const { text, interaction, paths } = rebase(recording.entry, request, {
      at,
      taken: new Set(others.map(({ entry }) => entry.id)),
      ...matching,
    })
    this.#texts.set(recording.entry, text)
    process.emitWarning(
      `${recording.entry.id} in ${miss.cassettePath} was given a new request and is ${interaction.id} now. ` +
        `Changed: ${paths.join(', ') || 'nothing that is compared'}`,
      { type: 'CassetteWarning', code: 'CASSETTE_REBASED' },
    )
    return recording
  }
}
