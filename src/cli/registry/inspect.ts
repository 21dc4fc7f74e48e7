import { statSync } from 'node:fs'
import { join } from 'node:path'

import { Cassette } from '../../cassette/cassette.ts'
import type { Finding } from '../../library/findings.ts'
import { scanCassette } from '../../library/scan.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import { targetOf } from '../../storage/file.ts'
import { sidecarFolder, sidecarsOf } from '../../storage/sidecars.ts'
import type { LocalFile } from '../../transfer/local-files.ts'
import type { Inspected } from '../../transfer/push.ts'

/**
 * Looks through a cassette that is to be sent, with its large bodies.
 * @param onFinding told each secret
 * @returns `undefined` if it has a secret
 * @throws {CassetteFormatError} if it cannot be read
 */
export function inspectCassette(
  { full }: LocalFile,
  bytes: Uint8Array,
  redactor: Redactor,
  onFinding: (finding: Finding) => void,
): Inspected | undefined {
  const target = targetOf(full)
  const cassette = Cassette.parse(bytes, full, sidecarsOf(target))
  const secrets = scanCassette(cassette, redactor).filter(({ level }) => level === 'error')
  for (const secret of secrets) onFinding(secret)
  if (secrets.length > 0) return undefined
  const keys = new Set<string>()
  const names = new Set<string>()
  for (const entry of cassette.entries) {
    if (entry.match) keys.add(entry.match.key.slice(0, 16))
    const { request, response } = entry.read()
    for (const body of [request.body, response?.body])
      if (body !== undefined && 'sidecar' in body) names.add(body.sidecar)
  }
  const sidecars = [...names].toSorted().map((sha256) => {
    const path = join(sidecarFolder(target), sha256)
    return { full: path, sha256, bytes: statSync(path).size }
  })
  return { interactions: cassette.entries.length, keys: [...keys].toSorted(), sidecars }
}
