import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Interaction } from '../../cassette/interaction.ts'
import { withoutDelays } from '../../exchange/body/without-delays.ts'

/** Status and body without their timing; the order of keys is part of a body. */
export const said = ({ response, failure }: Interaction): string =>
  JSON.stringify([response?.status, response?.body && withoutDelays(response.body), failure])

/**
 * Finds the delays an answer had when it was recorded before. They differ a little from run to run; where an
 * interaction that is recorded again says the same as its former recording, the former delays are kept, so that the
 * same traffic makes the same bytes.
 */
export function keepFormerDelays(
  former: readonly CassetteEntry[],
): (interaction: Interaction) => Interaction {
  const byKey = Map.groupBy(former, ({ match }) => match?.key)
  return (interaction) => {
    const { response } = interaction
    const candidates = byKey.get(interaction.match?.key)
    if (!response || !candidates) return interaction
    const now = said(interaction)
    const same = candidates.map((entry) => entry.read()).find((before) => said(before) === now)?.response
    if (!same) return interaction
    const { delay_ms: _, body: __, after: ___, turns: ____, ...rest } = response
    return {
      ...interaction,
      response: {
        ...rest,
        ...defined({ body: same.body, delay_ms: same.delay_ms, after: same.after, turns: same.turns }),
      },
    }
  }
}
