import type { CassetteEntry } from '../cassette/cassette.ts'
import type { InteractionRequest } from '../cassette/interaction.ts'
import { rebase } from '../cassette/rebase.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import type { Recording } from './playback.ts'

/** In these two requests are not the same call any more, and a response of one is none for the other. */
const ANOTHER_CALL = new Set(['method', 'host', 'path', 'op', 'stream', 'background', 'alt'])

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
   * Gives the recording nearest to a missed request that request, if it is of the same call and was not played yet.
   * @returns the recording that answers now
   */
  accept(
    miss: CassetteMiss,
    recordings: readonly Recording[],
    options: { matchOn: readonly string[] | undefined; at: string },
  ): Recording | undefined {
    const recording = miss.closest && recordings[miss.closest.position]
    const another = miss.differences.some(({ path }) => ANOTHER_CALL.has(path))
    if (!recording || recording.played || another) return undefined
    const { matchOn, at } = options
    const others = recordings.filter((one) => one !== recording)
    const { text, interaction, paths } = rebase(recording.entry, miss.request as InteractionRequest, {
      at,
      taken: new Set(others.map(({ entry }) => entry.id)),
      ...(matchOn ? { matchOn } : {}),
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
