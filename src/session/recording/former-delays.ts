import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Interaction } from '../../cassette/interaction.ts'
import { withoutDelays } from '../../exchange/body/without-delays.ts'

/** The status, body and failure as text, without delays. The order of keys counts. */
export const said = ({ response, failure }: Interaction): string =>
  JSON.stringify([response?.status, response?.body && withoutDelays(response.body), failure])

/**
 * Gives a new recording the delays of its former recording, if both say the same. Delays differ a little in each run, and the
 * same traffic has to make the same bytes.
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
