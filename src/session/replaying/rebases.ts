import { isoNow } from '../../clock.ts'
import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { isSameCall, rebase } from '../../rebase/rebase.ts'
import { type MissedRequest, nearestRecording } from './nearest-recording.ts'
import type { MatchRules } from '../options/match-rules.ts'
import { clocks } from '../process/clocks.ts'
import type { Recording } from './bucket.ts'
import type { Playback } from './playback.ts'

/** The recordings that were given new requests in this run, with their new texts. */
export class Rebases {
  readonly #texts = new Map<CassetteEntry, string>()
  readonly #ids = new Map<CassetteEntry, string>()

  get count(): number {
    return this.#texts.size
  }

  textOf(entry: CassetteEntry): string | Uint8Array {
    return this.#texts.get(entry) ?? entry.text
  }

  /**
   * Gives a missed request to the nearest recording of the same call that has not been played. Of several equals, to the first.
   * @returns the recording that answers now, marked as played
   */
  accept(
    missed: MissedRequest,
    cassettePath: string,
    { recordings }: Playback,
    rules: MatchRules,
  ): Recording | undefined {
    const at = isoNow()
    // `nearestRecording` returns the last of several equals: reversed, that is the first.
    const free = recordings.filter(({ played, struck }) => !played && !struck).toReversed()
    const found = nearestRecording(missed, free, rules)
    if (!found || !isSameCall(found.differences.map(({ path }) => path))) return undefined
    const { recording } = found
    const others = recordings.filter((one) => one !== recording)
    const list = rules.matchOn ?? recording.entry.match?.on
    const { text, interaction, paths } = rebase(recording.entry, missed.stored, {
      at,
      taken: new Set(others.map(({ entry }) => this.#ids.get(entry) ?? entry.id)),
      ...defined({ matchOn: list, keep: rules.keep }),
      moments: clocks(),
    })
    this.#texts.set(recording.entry, text)
    this.#ids.set(recording.entry, interaction.id)
    process.emitWarning(
      `${recording.entry.id} in ${cassettePath} was given a new request and is ${interaction.id} now. ` +
        `Changed: ${paths.join(', ') || 'nothing that is compared'}`,
      { type: 'CassetteWarning', code: 'CASSETTE_REBASED' },
    )
    recording.played = true
    return recording
  }
}
