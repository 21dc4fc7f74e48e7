import { canonicalize, type MatchOptions } from '../fingerprint/canonicalize.ts'
import { differencesOfCanonical } from '../fingerprint/differences/differences.ts'
import { fingerprintOfCanonical, RULES_VERSION } from '../fingerprint/fingerprint.ts'
import { Cassette, type CassetteEntry } from '../cassette/cassette.ts'
import { matchRequest } from '../fingerprint/exchange-request.ts'
import { fromInteraction } from '../cassette/convert.ts'
import { nextId } from '../cassette/ids.ts'
import { type Interaction, type InteractionRequest, KEY_ORDER } from '../cassette/interaction.ts'
import { orderKeys, sameValue } from '../cassette/yaml/own-keys.ts'
import { interactionText } from '../cassette/interaction-text.ts'

/** In these two requests are not the same call any more, and a response of one is none for the other. */
const ANOTHER_CALL = new Set(['method', 'host', 'path', 'op', 'stream', 'background', 'alt'])

/** Whether requests that differ in these canonical paths are still the same call. */
export const isSameCall = (paths: readonly string[]): boolean => !paths.some((path) => ANOTHER_CALL.has(path))

export interface RebaseOptions extends MatchOptions {
  /** ISO 8601 of now. */
  readonly at: string
  /** Ids of the cassette's other interactions. */
  readonly taken: ReadonlySet<string>
}

export interface Rebased {
  readonly interaction: Interaction
  /** The item as it goes into the file: what the change does not concern keeps its bytes. */
  readonly text: string
  /** Canonical paths in which the new request differs from the recorded one. */
  readonly paths: readonly string[]
}

/**
 * Puts another request (redacted, as the file has it) in place of a recorded one and keeps the response. What was
 * changed is noted in the interaction as `rebased`.
 */
export function rebase(entry: CassetteEntry, request: InteractionRequest, options: RebaseOptions): Rebased {
  const recorded = entry.read()
  const { at, taken, ...matching } = options
  const before = canonicalOf(recorded, matching)
  const after = canonicalOf({ ...recorded, request }, matching)
  const paths = differencesOfCanonical(before, after, matching).map(({ path }) => path)
  const print = fingerprintOfCanonical(after, matching)
  const { match: _match, ...kept } = recorded
  const changed: Interaction = {
    ...kept,
    id: nextId(print.matchKey, taken),
    request,
    match: {
      key: print.matchKey,
      semantic_key: print.semanticKey,
      on: print.on,
      api: print.api,
      v: RULES_VERSION,
    },
    rebased: { at, paths },
  }
  const interaction = orderKeys({ ...changed }, KEY_ORDER.interaction) as unknown as Interaction
  return { interaction, paths, text: spliced(entry, interaction) ?? interactionText(interaction) }
}

export const canonicalOf = (
  interaction: Interaction,
  options: MatchOptions,
): ReturnType<typeof canonicalize> =>
  canonicalize(matchRequest(fromInteraction(interaction).request), options)

/** The parts of an item in the writer's layout, by their key; `undefined`: laid out by a person. */
function partsOf(text: string): Map<string, string> | undefined {
  if (text.includes('\r')) return undefined
  const parts = new Map<string, string>()
  let key = ''
  for (const line of text.split(/(?<=\n)/)) {
    const start = /^(?: {2}- | {4})([a-z_]+):/.exec(line)
    if (start?.[1] !== undefined) key = start[1]
    parts.set(key, (parts.get(key) ?? '') + line)
  }
  return parts.get('id')?.startsWith('  - id:') ? parts : undefined
}

/** The new item made of the old one's bytes where it says the same; checked by reading it. */
function spliced(entry: CassetteEntry, interaction: Interaction): string | undefined {
  const old = partsOf(Buffer.from(entry.text as Uint8Array).toString('utf8'))
  const fresh = partsOf(interactionText(interaction))
  if (!old || !fresh) return undefined
  for (const key of ['id', 'request', 'match', 'rebased']) {
    const part = fresh.get(key)
    if (part !== undefined) old.set(key, part)
  }
  const text = [...old.values()].join('')
  try {
    const [read] = Cassette.parse(Buffer.from(`version: 1\ninteractions:\n${text}`), entry.id).entries
    return read && sameValue(read.read(), interaction) ? text : undefined
  } catch {
    return undefined
  }
}
