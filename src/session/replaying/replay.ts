import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { answerFromInteraction } from '../../cassette/convert.ts'
import { encodeContent } from '../../exchange/content-encoding/content-encoding.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Replay } from '../../exchange/gate.ts'
import type { RpcAnswer } from './json-rpc/ids.ts'
import { applyHook } from '../options/hooks.ts'
import type { ResolvedOptions } from '../options/options.ts'

/**
 * The recorded answer after `beforeReplay`, without the body of its request.
 * @returns `undefined` if `beforeReplay` returned `null`: the recording does not count
 */
export function answerOf(
  entry: CassetteEntry,
  { beforeReplay }: Pick<ResolvedOptions, 'beforeReplay'>,
): Exchange | undefined {
  const stored = entry.read()
  const interaction = beforeReplay ? applyHook(beforeReplay, stored) : stored
  return interaction ? answerFromInteraction(interaction) : undefined
}

/**
 * The replay of a recording; `undefined`: see {@link answerOf}.
 * @param adapt changes the recorded answer for this run, before it is encoded
 */
export async function replayOf(
  entry: CassetteEntry,
  options: Pick<ResolvedOptions, 'beforeReplay' | 'delayFactor'>,
  adapt: (answer: Exchange) => RpcAnswer = (exchange) => ({ exchange }),
): Promise<Replay | undefined> {
  const answer = answerOf(entry, options)
  if (!answer) return undefined
  const { exchange, render } = adapt(answer)
  const { response, failure, incomplete, open, waitedMs } = await encodeContent(exchange)
  const { delayFactor } = options
  return {
    kind: 'replay',
    delayFactor,
    ...defined({ response, failure, incomplete, open, waitedMs, render }),
  }
}
