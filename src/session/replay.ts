import type { CassetteEntry } from '../cassette/cassette.ts'
import { fromInteraction } from '../cassette/convert.ts'
import type { Replay } from '../exchange/answer.ts'
import { encodeContent } from '../exchange/content-encoding.ts'
import type { ResolvedOptions } from './options.ts'

/** What a client is given for a recording; `undefined` where `beforeReplay` has struck it out. */
export async function replayOf(
  entry: CassetteEntry,
  { beforeReplay, delayFactor }: Pick<ResolvedOptions, 'beforeReplay' | 'delayFactor'>,
): Promise<Replay | undefined> {
  const stored = entry.read()
  // A copy: the cassette keeps what was read for the next time.
  const interaction = beforeReplay ? beforeReplay(structuredClone(stored)) : stored
  if (!interaction) return undefined
  const { response, failure, incomplete } = await encodeContent(fromInteraction(interaction))
  return {
    kind: 'replay',
    delayFactor,
    ...(response ? { response } : {}),
    ...(failure ? { failure } : {}),
    ...(incomplete ? { incomplete } : {}),
  }
}
