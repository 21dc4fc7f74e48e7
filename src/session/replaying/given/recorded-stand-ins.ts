import { numberedIn } from '../../../base/numbered.ts'
import { bufferOf } from '../../../base/bytes.ts'
import type { Recording } from '../bucket.ts'

/** The stand-ins with numbers in some recordings. */
export function standInsOf(recordings: readonly Recording[]): ReadonlySet<string> {
  return new Set(recordings.flatMap(({ entry }) => numberedIn(textOf(entry.text))))
}

/** The text if it may have a stand-in with a number; else nothing. */
export function textOf(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? text : bufferOf(text)
  if (!bytes.includes('REDACTED-')) return ''
  return typeof bytes === 'string' ? bytes : bytes.toString('latin1')
}
