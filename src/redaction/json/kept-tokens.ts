import { isJwt } from '../../base/value-shapes.ts'
import { plainName } from '../../providers/requests/credentials.ts'
import { byteTextOf } from '../byte-text.ts'
import type { CutBytes, Edit } from '../edits.ts'
import { PathNode } from './paths.ts'
import { scanJson } from './scanner.ts'
import type { RedactionRules } from '../options.ts'
import { type RecordFraming, scanRecords, toBodyEdit } from '../bodies/records.ts'

interface Found {
  readonly body: CutBytes
  readonly framing: RecordFraming
  readonly edits: readonly Edit[]
  /** Whether the edits are of what a server gave; else of what looks like a secret. */
  readonly isGiven: boolean
}

/**
 * Leaves out the edits within fields that the user keeps: all of what a server gave, and JSON Web Tokens, of which a program that
 * verifies one needs every byte.
 */
export function outsideKept(
  { body: { bytes }, framing, edits, isGiven }: Found,
  { keep }: Pick<RedactionRules, 'keep'>,
): readonly Edit[] {
  if (keep.size === 0 || edits.length === 0) return edits
  const kept: Edit[] = []
  const root = new PathNode(({ name }) => name !== undefined && keep.has(plainName(name)))
  const indices: number[] = []
  scanRecords(bytes, byteTextOf(bytes), framing, (record) =>
    scanJson({
      ...record,
      root,
      indices,
      visitor: {
        string(node, start, end) {
          if (node.facts && (isGiven || isJwt(record.text.slice(start, end))))
            kept.push(toBodyEdit(record, { start, end, text: '' }))
        },
      },
    }),
  )
  return edits.filter((edit) => !kept.some(({ start, end }) => edit.start < end && edit.end > start))
}
