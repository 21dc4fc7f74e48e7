import type { ByteText } from '../byte-text.ts'
import { type Edit, placeholderEdit } from '../edits.ts'

/** The answer of an address whose whole text is a credential: the token of AWS's instance metadata (IMDSv2). */
export function tokenTextEdits(text: ByteText, urlPath: string): Edit[] {
  const token = text.trim()
  if (!urlPath.endsWith('/latest/api/token') || token === '' || /[\s<{]/.test(token)) return []
  const start = text.indexOf(token)
  return [placeholderEdit(start, start + token.length)]
}
