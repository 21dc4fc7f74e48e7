import { readdirSync, readFileSync } from 'node:fs'
import type { MatchRequest } from '../../src/matching.ts'
import { shared } from '../helpers/shared.ts'

export interface CorpusRequest extends MatchRequest {
  readonly body: Buffer | null
}

interface Line {
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: [string, string][]
    readonly bodyBase64?: string | null
  }
}

/** Every recorded request of ../shared/corpus/http. Empty if that folder is absent. */
export function corpusRequests(): CorpusRequest[] {
  const folder = shared('corpus/http')
  if (folder === undefined) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n'))
    .map((line) => {
      const { method, url, headers, bodyBase64 } = (JSON.parse(line) as Line).request
      return { method, url, headers, body: bodyBase64 ? Buffer.from(bodyBase64, 'base64') : null }
    })
}
