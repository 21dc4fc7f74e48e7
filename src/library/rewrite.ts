import { fromInteraction, requestFromInteraction, toInteraction } from '../cassette/convert.ts'
import type { CassetteEntry } from '../cassette/cassette.ts'
import type { Interaction, InteractionRequest, StoredMatch } from '../cassette/interaction.ts'
import { interactionText } from '../cassette/interaction-text.ts'
import { fingerprint, RULES_VERSION } from '../fingerprint/fingerprint.ts'
import type { Redactor } from '../redaction/redactor.ts'

/** The interaction as cassette writes it today: in its own layout, with the key of today's rules. Comments in it are lost. */
export function inOwnLayout(entry: CassetteEntry): string {
  const stored = entry.read()
  return interactionText({ ...stored, match: matchOf(stored.request, entry) })
}

/** The interaction without its secrets. Its key is that of the redacted request, which a replay compares too. */
export function withoutSecrets(entry: CassetteEntry, redactor: Redactor): string {
  const stored = entry.read()
  const match = stored.match ?? matchOf(stored.request, entry)
  const clean = toInteraction(redactor.exchange(fromInteraction(stored)), match, stored.id)
  const changed: Interaction = { ...stored, ...clean }
  return interactionText({ ...changed, match: matchOf(changed.request, entry) })
}

/** The keys of a request, by the fields that the recording was compared by. */
function matchOf(request: InteractionRequest, { match, recordedAt }: CassetteEntry): StoredMatch {
  const { matchKey, semanticKey, on, api } = fingerprint(requestFromInteraction(request), {
    ...(match === undefined ? {} : { matchOn: match.on }),
    moments: [Date.parse(recordedAt)],
  })
  return { key: matchKey, semantic_key: semanticKey, on, api, v: RULES_VERSION }
}
