import { canonicalize, type MatchOptions } from '../fingerprint/canonicalize.ts'
import { differencesOfCanonical } from '../fingerprint/differences/differences.ts'
import { fingerprintOfCanonical, RULES_VERSION } from '../fingerprint/fingerprint.ts'
import { Cassette, type CassetteEntry } from '../cassette/cassette.ts'
import { requestFromInteraction } from '../cassette/convert.ts'
import { nextId } from '../cassette/ids.ts'
import { type Interaction, type InteractionRequest, KEY_ORDER } from '../cassette/interaction.ts'
import { orderKeys, sameValue } from '../cassette/yaml/own-keys.ts'
import { interactionText } from '../cassette/interaction-text.ts'

/** If one of these differs, two requests are different calls, and the response of one does not fit the other. */
const ANOTHER_CALL = new Set(['method', 'host', 'path', 'op', 'stream', 'background', 'alt'])

/** Whether two requests that differ in these canonical paths are still the same call. */
export const isSameCall = (paths: readonly string[]): boolean => !paths.some((path) => ANOTHER_CALL.has(path))

export interface RebaseOptions extends MatchOptions {
  /** The time of the rebase, ISO 8601. */
  readonly at: string
  /** The ids of the cassette's other interactions. */
  readonly taken: ReadonlySet<string>
}

export interface Rebased {
  readonly interaction: Interaction
  /** The item's new text in the file. Every part that the rebase does not change keeps its bytes. */
  readonly text: string
  /** The canonical paths in which the new request differs from the recorded one. */
  readonly paths: readonly string[]
}

/**
 * Replaces a recorded request by another one (redacted, as the file stores it) and keeps the response. The interaction
 * notes the time and the changed paths under `rebased`.
 */
export function rebase(entry: CassetteEntry, request: InteractionRequest, options: RebaseOptions): Rebased {
  const recorded = entry.read()
  const { at, taken, ...matching } = options
  const before = canonicalOf(recorded.request, { ...matching, moments: [Date.parse(recorded.recorded_at)] })
  const after = canonicalOf(request, matching)
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

const canonicalOf = (request: InteractionRequest, options: MatchOptions): ReturnType<typeof canonicalize> =>
  canonicalize(requestFromInteraction(request), options)

/** Splits an item into its parts by key. @returns `undefined` if the item does not have the writer's layout */
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

/**
 * Builds the new item from the old one's bytes and replaces only the parts that the rebase changes.
 * @returns `undefined` if the result, read again, is not the interaction
 */
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
