import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Interaction } from '../../cassette/interaction.ts'

/** The entries of a file, and of the journal of a run that was interrupted. */
export interface FormerEntries {
  /** What is played and stays. */
  readonly kept: readonly CassetteEntry[]
  /** Everything that stays or is replaced, in the order of the file. */
  readonly all: readonly CassetteEntry[]
  /** Those of `all` that are asked again. */
  readonly failed: ReadonlySet<CassetteEntry>
}

/** Two entries of one key have the same request. */
export const keyOfEntry = ({ match, method, url }: CassetteEntry): string => match?.key ?? `${method} ${url}`

/**
 * @param former of the file, whose last run failed; else none of its failures count
 * @param recovered of a run that was interrupted
 * @param asksAgain whether this run may ask again for what failed
 */
export function formerEntries(
  former: { readonly entries: readonly CassetteEntry[]; readonly incomplete: boolean },
  recovered: readonly CassetteEntry[],
  asksAgain: boolean,
): FormerEntries {
  const ofFile = former.incomplete ? failuresOf(former.entries) : new Set<CassetteEntry>()
  // The interrupted run had asked for them again.
  const again = new Set(recovered.map(keyOfEntry))
  const isReplaced = (entry: CassetteEntry): boolean => ofFile.has(entry) && again.has(keyOfEntry(entry))
  const all = [...former.entries.filter((entry) => !isReplaced(entry)), ...recovered]
  const failed = asksAgain ? ofFile.union(failuresOf(recovered)) : new Set<CassetteEntry>()
  return { kept: all.filter((entry) => !failed.has(entry)), all, failed }
}

/**
 * What a failed run recorded of its failures: error statuses, transport failures, and requests that the client gave up. An
 * error that was followed by a success of the same request is none of them: the client tried again by itself.
 */
function failuresOf(entries: readonly CassetteEntry[]): ReadonlySet<CassetteEntry> {
  const failures = new Set<CassetteEntry>()
  const succeeded = new Set<string>()
  for (const entry of entries.toReversed()) {
    const key = keyOfEntry(entry)
    if (!isFailure(entry.read())) succeeded.add(key)
    else if (!succeeded.has(key)) failures.add(entry)
  }
  return failures
}

function isFailure({ response, failure, incomplete, open }: Interaction): boolean {
  if (failure || (response && response.status >= 400)) return true
  // What other exchanges depend on cannot be asked alone.
  return incomplete === true && open !== true && response?.since === undefined
}

interface Item<Text> {
  readonly key: string
  readonly text: Text
}

/**
 * The items of a file in which failures of former runs are replaced by what was recorded in their place.
 * @param former in order; `failed`: was asked again
 * @param keep whether a failure that this run did not ask for again stays
 */
export function healed<Text>(
  former: readonly (Item<Text> & { readonly failed: boolean })[],
  recorded: readonly Item<Text>[],
  keep: boolean,
): Text[] {
  const instead = Map.groupBy(recorded, ({ key }) => key)
  const placed = new Set<string>()
  const texts: Text[] = []
  for (const { key, text, failed } of former) {
    const fresh = failed ? instead.get(key) : undefined
    if (!failed || (keep && !fresh)) texts.push(text)
    if (!fresh || placed.has(key)) continue
    placed.add(key)
    texts.push(...fresh.map((one) => one.text))
  }
  return [...texts, ...recorded.filter(({ key }) => !placed.has(key)).map(({ text }) => text)]
}
