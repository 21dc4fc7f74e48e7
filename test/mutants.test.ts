import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { withCassette } from '../src/index.ts'
import { testBench } from './helpers/cassette-folder.ts'
import { mutant, tryMutant } from './helpers/mutants.ts'

const COUNT = Number(process.env['MUTANTS'] ?? 300)

describe('mutants of a cassette', () => {
  const bench = testBench((_request, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.write('data: {"delta":"a"}\n\n')
    response.end('data: [DONE]\n\n')
  })
  const ask = async (): Promise<string> => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })
    return (await fetch(bench.url('/v1/chat/completions'), { method: 'POST', body })).text()
  }

  it(`${COUNT} of them: none crashes, hangs, goes live or is overwritten`, async function () {
    this.timeout(0)
    await withCassette(bench.path(), { mode: 'all' }, async () => {
      await ask()
      await ask()
    })
    const file = readFileSync(bench.path())
    let live = bench.server.requests.length
    const kinds = { replayed: 0, refused: 0, missed: 0 }
    const problems: string[] = []
    for (let seed = 1; seed <= COUNT; seed++) {
      const verdict = await tryMutant(bench.path(), mutant(file, seed), ask)
      kinds[verdict.kind]++
      if (verdict.problem !== undefined) problems.push(`seed ${seed}: ${verdict.problem}`)
      if (bench.server.requests.length !== live) {
        problems.push(`seed ${seed}: the server was reached`)
        live = bench.server.requests.length
      }
    }
    assert.deepEqual(problems, [])
    // The mutants are of all kinds, or they would test little.
    assert.ok(kinds.replayed > 0 && kinds.refused > 0 && kinds.missed > 0, JSON.stringify(kinds))
    if (COUNT > 1000) console.log(`      ${COUNT} mutants: ${JSON.stringify(kinds)}`)
  })
})
