import type { Recorded } from './programs/record.ts'
import type { Replayed } from './programs/replay.ts'
import { ENDING, type EndingKind } from './traveller.ts'

const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text)

/** Whether a view shows a miss: an error, or the status 400 that clients get which would otherwise retry. */
const tellsMiss = (view: string): boolean => view !== 'hangs' && /"error":|"status":400/.test(view)

/** Describes the faults of a client's replay. The list is empty if the replay was hermetic. */
export function faultsOf(
  { client, asked, unroutable, views, played, missViews, misses }: Replayed,
  recorded: Recorded,
  counts: { readonly matched: number; readonly missed: number },
): string[] {
  const faults: string[] = []
  const fault = (text: string): void => void faults.push(`${client}: ${text}`)
  for (const one of new Set(asked)) fault(`asked the operating system: ${one}`)
  if (unroutable > 0) fault(`the kernel saw ${unroutable} packets`)
  const wanted = (kind: EndingKind): string => recorded.views[client]?.[kind] ?? 'nothing'
  for (const kind of ENDING)
    for (const [view, times] of Object.entries(views[kind] ?? {}))
      if (view !== wanted(kind))
        fault(`${kind}, ${times} times: ${short(view)} where ${short(wanted(kind))} was recorded`)
  const answered = ENDING.flatMap((kind) => Object.values(views[kind] ?? {})).reduce((a, b) => a + b, 0)
  if (answered !== counts.matched) fault(`${answered} of ${counts.matched} requests came to an end`)
  if (counts.matched > 0 && played !== Object.keys(views).length) fault(`${played} recordings were played`)
  for (const [view, times] of Object.entries(missViews))
    if (!tellsMiss(view)) fault(`a miss, ${times} times: ${short(view)}`)
  if (misses !== counts.missed) fault(`${misses} misses for ${counts.missed} requests`)
  return faults
}
