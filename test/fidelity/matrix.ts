/** `node test/fidelity/matrix.ts`: runs the suite and writes down what it saw: results.json, matrix.md, docs/clients.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { CLIENTS } from './clients/index.ts'
import { EXCHANGES } from './exchanges/index.ts'
import { renderMatrix, withSummary } from './render-matrix.ts'
import { MATRIX, PAGE, RESULTS, readResults, resultsOf, resultsText } from './results.ts'
import { type Result, runClient } from './run.ts'
import { verdictOf } from './verdict.ts'

// With --render, uses the results of the last run.
if (!process.argv.includes('--render')) {
  const runs: Result[] = []
  for (const client of CLIENTS) {
    const run = await runClient(client, EXCHANGES)
    runs.push(run)
    for (const cell of run.cells) {
      const verdict = verdictOf(client, cell)
      if (verdict.kind === 'different')
        console.error(`✗ ${client.name}: ${cell.exchange.name}, ${verdict.phase}`)
    }
  }
  writeFileSync(RESULTS, resultsText(resultsOf(runs)))
}
const results = readResults()
writeFileSync(MATRIX, renderMatrix(results))
writeFileSync(PAGE, withSummary(readFileSync(PAGE, 'utf8'), results))
// Some clients have pools that cannot be closed. Those would keep the process alive.
// oxlint-disable-next-line unicorn/no-process-exit
process.exit()
