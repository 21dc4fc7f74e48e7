import { numberedIn } from '../../../base/numbered.ts'
import { bufferOf } from '../../../base/bytes.ts'
import { givenBy } from '../../opening/asked-again.ts'
import { noteHanded } from '../../process/given-elsewhere.ts'
import type { Recording } from '../bucket.ts'

/** The stand-ins with numbers in some recordings. */
export function standInsOf(recordings: readonly Recording[]): ReadonlySet<string> {
  return new Set(recordings.flatMap(({ entry }) => numberedIn(textOf(entry.text))))
}

/** Notes for the process what the answer of a recording gives to the client. */
export function noteStandIns({ entry, position }: Recording, path: string): void {
  if (textOf(entry.text) === '') return
  const { id, method, url } = entry
  const line = `${method} ${URL.parse(url)?.pathname ?? url}`
  for (const standIn of givenBy(entry)) noteHanded(standIn, { path, id, position, line })
}

/** The text if it may have a stand-in with a number; else nothing. */
export function textOf(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? text : bufferOf(text)
  if (!bytes.includes('REDACTED-')) return ''
  return typeof bytes === 'string' ? bytes : bytes.toString('latin1')
}
