import { askedAgain } from './asked-again.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Interaction } from '../../cassette/interaction.ts'

/** The entries of a file, and of the journal of a run that was interrupted. */
export interface FormerEntries {
  /** What is played and stays. */
  readonly kept: readonly CassetteEntry[]
  /** Everything that stays or is replaced, in the order of the file. */
  readonly all: readonly CassetteEntry[]
  /** Those of `all` that are asked again, because they had failed. */
  readonly failed: ReadonlySet<CassetteEntry>
  /** Those of `all` that are asked again, because they give credentials. */
  readonly credentials: ReadonlySet<CassetteEntry>
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
  const credentials = asksAgain ? askedAgain(all).difference(failed) : new Set<CassetteEntry>()
  const kept = all.filter((entry) => !failed.has(entry) && !credentials.has(entry))
  return { kept, all, failed, credentials }
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

interface FormerItem<Text> extends Item<Text> {
  /** It was asked for again, because it had failed. */
  readonly failed: boolean
  /** It was asked for again although it had not failed: it stays unless the run has got another answer. */
  readonly isGood?: boolean
}

const FAILURE = /^ {4}failure:|^ {6}status: [45]\d\d$/m

/**
 * The items of a file in which failures of former runs are replaced by what was recorded in their place.
 * @param former in order
 * @param keep whether a failure that this run did not ask for again stays
 */
export function healed<Text>(
  former: readonly FormerItem<Text>[],
  recorded: readonly Item<string>[],
  keep: boolean,
): (Text | string)[] {
  const instead = Map.groupBy(recorded, ({ key }) => key)
  const placed = new Set<Item<string>>()
  const texts: (Text | string)[] = []
  for (const { key, text, failed, isGood } of former) {
    const fresh = instead.get(key)?.filter((one) => !placed.has(one)) ?? []
    const better = isGood ? fresh.filter((one) => !FAILURE.test(one.text)).slice(0, 1) : failed ? fresh : []
    const isAnswered = isGood ? better.length > 0 : failed && instead.has(key)
    if (!isAnswered && (!failed || keep || isGood)) texts.push(text)
    for (const one of better) {
      placed.add(one)
      texts.push(one.text)
    }
  }
  const good = new Set(former.filter(({ isGood }) => isGood).map(({ key }) => key))
  const isMore = (one: Item<string>): boolean =>
    !placed.has(one) && !(good.has(one.key) && FAILURE.test(one.text))
  return [...texts, ...recorded.filter(isMore).map(({ text }) => text)]
}
