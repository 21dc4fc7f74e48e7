import { bufferOf } from '../../base/bytes.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Interaction } from '../../cassette/interaction.ts'
import { interactionText } from '../../cassette/interaction-text.ts'
import { rangeOf } from '../../exchange/since.ts'
import { withMarks } from '../recording/order-marks.ts'

/**
 * What is left of interrupted runs, as it goes into the file: marks name ids, and the key `sent` is gone. Exchanges that had not
 * finished are not named.
 */
export function recoveredEntries(left: readonly CassetteEntry[]): readonly CassetteEntry[] {
  const read = left.map((entry) => ({ entry, interaction: mayBeNamed(entry) ? entry.read() : undefined }))
  const ids = new Map<string, string>()
  for (const { entry, interaction } of read) {
    if (interaction?.sent !== undefined) ids.set(interaction.sent, entry.id)
  }
  return read.map(({ entry, interaction }) =>
    interaction?.sent === undefined ? entry : asEntry(entry, withIds(interaction, ids)),
  )
}

const mayBeNamed = ({ text }: CassetteEntry): boolean =>
  (typeof text === 'string' ? text : bufferOf(text)).includes('sent: ')

function withIds(left: Interaction, ids: ReadonlyMap<string, string>): Interaction {
  const { sent: _, ...interaction } = left
  const since = interaction.response?.since
    ?.map(([place, ...names]) => [place, ...names.flatMap((name) => idsOf(name, ids))] as const)
    .filter((mark) => mark.length > 1)
  return withMarks(interaction, since?.length === 0 ? undefined : since)
}

/** A range is of one run. The order of a journal is another one than that of the requests: it becomes a list. */
function idsOf(name: string, ids: ReadonlyMap<string, string>): string[] {
  const [from, to] = rangeOf(name)
  const [first, last] = [partsOf(from), partsOf(to)]
  return [...ids].flatMap(([sent, id]) => {
    const { run, sequence } = partsOf(sent)
    return run === first.run && sequence >= first.sequence && sequence <= last.sequence ? [id] : []
  })
}

function partsOf(sent: string): { readonly run: string; readonly sequence: number } {
  const [run = '', sequence] = sent.split('-')
  return { run, sequence: Number(sequence) }
}

function asEntry(
  { id, match, method, url, recordedAt }: CassetteEntry,
  interaction: Interaction,
): CassetteEntry {
  return { id, match, method, url, recordedAt, text: interactionText(interaction), read: () => interaction }
}
