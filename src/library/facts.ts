import { defined } from '../base/defined.ts'
import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { requestFromInteraction } from '../cassette/convert.ts'
import type { Interaction } from '../cassette/interaction.ts'
import type { Digest } from '../drift/types.ts'
import { canonicalize } from '../fingerprint/canonicalize.ts'
import type { CanonicalRequest } from '../providers/types.ts'
import { digestOf } from '../gate/recorded-response.ts'
import { titleOf } from '../gate/recording.ts'

/** What a person asks about one interaction. */
export interface Facts {
  readonly id: string
  /** Method, host and path. */
  readonly title: string
  readonly api: string
  readonly model?: string
  readonly streaming: boolean
  /** Absent: the exchange failed before a response came. */
  readonly status?: number
  /** ISO 8601. */
  readonly recordedAt: string
  /** Tokens, as the answer tells them. */
  readonly usage?: { readonly input: number; readonly output: number }
  /** From the request to the response head, ms. */
  readonly delayMs: number
  /** The recording ended before the response did. */
  readonly incomplete: boolean
  /** An error status, an error inside the answer, or a failure of the connection. */
  readonly failed: boolean
}

/** An interaction with what its request and its answer say. */
export interface Said {
  readonly interaction: Interaction
  readonly canonical: CanonicalRequest
  readonly digest: Digest | undefined
}

/** @throws {CassetteFormatError} if the interaction cannot be read */
export function saidBy(entry: CassetteEntry): Said {
  const interaction = entry.read()
  const canonical = canonicalize(requestFromInteraction(interaction.request))
  return { interaction, canonical, digest: digestOf(interaction, canonical.api) }
}

export function factsOf(entry: CassetteEntry, { interaction, canonical, digest }: Said): Facts {
  const { response } = interaction
  const model = canonical['model']
  const { input, output } = digest?.usage ?? { input: null, output: null }
  return {
    id: entry.id,
    title: titleOf(entry),
    api: canonical.api,
    ...(typeof model === 'string' ? { model } : {}),
    streaming: canonical.stream || isStream(interaction),
    ...defined({ status: response?.status }),
    recordedAt: interaction.recorded_at,
    ...(input === null && output === null ? {} : { usage: { input: input ?? 0, output: output ?? 0 } }),
    delayMs: response?.delay_ms ?? 0,
    incomplete: interaction.incomplete === true,
    failed: interaction.failure !== undefined || digest?.ok === false,
  }
}

const isStream = ({ response }: Interaction): boolean => {
  const body = response?.body
  return body !== undefined && ('sse' in body || 'ndjson' in body || 'websocket' in body)
}

/** One cassette file and its interactions. */
export interface CassetteFacts {
  /** As the user named it, or found below the folder that the user named. */
  readonly path: string
  readonly bytes: number
  /** A run that recorded it did not end well. */
  readonly incomplete: boolean
  readonly interactions: readonly Facts[]
}

/** @throws {CassetteFormatError} if an interaction cannot be read */
export const cassetteFacts = (cassette: Cassette, bytes: number): CassetteFacts => ({
  path: cassette.path,
  bytes,
  incomplete: cassette.incomplete,
  interactions: cassette.entries.map((entry) => factsOf(entry, saidBy(entry))),
})
