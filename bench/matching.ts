import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { interactionText } from '../src/cassette/interaction-text.ts'
import { toInteraction } from '../src/cassette/convert.ts'
import { renderCassette } from '../src/cassette/cassette.ts'
import type { Exchange, ExchangeRequest } from '../src/exchange/exchange.ts'
import { canonicalize, fingerprint } from '../src/matching.ts'
import { RULES_VERSION } from '../src/fingerprint/fingerprint.ts'
import { Playback } from '../src/session/replaying/playback.ts'
import { loadCassette } from '../src/storage/file.ts'
import type { MatchingCost } from './report.ts'

const chat = (question: string): ExchangeRequest => ({
  method: 'POST',
  url: 'https://api.openai.com/v1/chat/completions',
  headers: [['content-type', 'application/json']],
  body: Buffer.from(
    JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: question }], temperature: 0 }),
  ),
})

const exchange = (request: ExchangeRequest): Exchange => ({
  recordedAt: '2026-11-21T08:00:00.000Z',
  request,
  response: {
    status: 200,
    headers: [['content-type', 'application/json']],
    delayMs: 0,
    chunks: [
      { data: Buffer.from('{"choices":[{"message":{"role":"assistant","content":"yes"}}]}'), delayMs: 0 },
    ],
  },
})

function text(request: ExchangeRequest): string {
  const { matchKey, semanticKey, on, api } = fingerprint(request)
  const match = { key: matchKey, semantic_key: semanticKey, on: [...on], api, v: RULES_VERSION }
  return interactionText(toInteraction(exchange(request), match, matchKey.slice(0, 16)))
}

function median(run: () => unknown, times: number): number {
  const all = Array.from({ length: times }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return all.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0
}

/** Measures opening a cassette, finding a recording in it, and making a request canonical. */
export function measureMatching(quick: boolean): MatchingCost[] {
  const costs: MatchingCost[] = []
  const folder = mkdtempSync(join(tmpdir(), 'cassette-bench-'))
  const options = { matchOn: undefined, matcher: undefined, allowRepeats: true }
  try {
    for (const count of quick ? [10, 100] : [10, 100, 1000, 10_000]) {
      const path = join(folder, `${count}.yaml`)
      const entries = Array.from({ length: count }, (_, i) => text(chat(`question ${i}`)))
      writeFileSync(path, [...renderCassette({ entries, incomplete: false })].join(''))
      const wanted = chat(`question ${count - 1}`)
      const open = (): Playback => {
        const playback = new Playback(loadCassette(path)?.entries ?? [], options)
        playback.mayAnswer('POST')
        return playback
      }
      costs.push({ what: `opening a cassette of ${count}`, medianMs: median(open, quick ? 3 : 9) })
      const playback = open()
      if (!playback.find(wanted)) throw new Error('the recording is not found')
      const found = median(() => playback.find(wanted), quick ? 20 : 500)
      costs.push({ what: `finding one request among ${count}`, medianMs: found })
    }
    const large = chat('What is the capital of France? '.repeat(3400))
    costs.push({
      what: `canonicalising a chat request of ${Math.round((large.body?.byteLength ?? 0) / 1024)} KB`,
      medianMs: median(() => canonicalize(large), quick ? 20 : 300),
    })
    costs.push({
      what: 'its keys',
      medianMs: median(() => fingerprint(large), quick ? 20 : 300),
    })
    return costs
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
