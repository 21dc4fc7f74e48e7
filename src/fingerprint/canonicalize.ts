import { createHash } from 'node:crypto'
import type { CanonicalRequest, MatchRequest } from '../providers/types.ts'

export interface MatchOptions {
  /** Canonical field names; see CANONICAL section 1. Absent: the default list. */
  readonly matchOn?: readonly string[]
}

/** The request with everything that does not determine the answer taken out. */
export function canonicalize(request: MatchRequest, _options: MatchOptions = {}): CanonicalRequest {
  const url = new URL(request.url)
  const query: Record<string, string> = Object.fromEntries(url.searchParams)
  const { body } = request
  const base = {
    method: request.method.toUpperCase(),
    host: url.host,
    path: url.pathname,
    api: 'plain',
    stream: false,
    ...(Object.keys(query).length > 0 ? { query } : {}),
  }
  if (body === null || body === undefined) return { ...base, op: 'none' }
  const bytes =
    body instanceof Uint8Array
      ? Buffer.from(body)
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  if (bytes.length === 0) return { ...base, op: 'none' }
  try {
    return { ...base, op: 'generic', body: JSON.parse(bytes.toString()) as unknown }
  } catch {
    return { ...base, op: 'binary', sha256: createHash('sha256').update(bytes).digest('hex') }
  }
}
