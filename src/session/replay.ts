import type { CassetteEntry } from '../cassette/cassette.ts'
import { fromInteraction } from '../cassette/convert.ts'
import type { Replay } from '../exchange/gate.ts'
import { encodeContent } from '../exchange/content-encoding/content-encoding.ts'
import { applyHook } from './hooks.ts'
import type { ResolvedOptions } from './options.ts'

/** What a client is given for a recording; `undefined` where `beforeReplay` has struck it out. */
export async function replayOf(
  entry: CassetteEntry,
  { beforeReplay, delayFactor }: Pick<ResolvedOptions, 'beforeReplay' | 'delayFactor'>,
): Promise<Replay | undefined> {
  const stored = entry.read()
  const interaction = beforeReplay ? applyHook(beforeReplay, stored) : stored
  if (!interaction) return undefined
  const { response, failure, incomplete, waitedMs } = await encodeContent(fromInteraction(interaction))
  return {
    kind: 'replay',
    delayFactor,
    ...(response ? { response } : {}),
    ...(failure ? { failure } : {}),
    ...(incomplete ? { incomplete } : {}),
    ...(waitedMs === undefined ? {} : { waitedMs }),
  }
}
