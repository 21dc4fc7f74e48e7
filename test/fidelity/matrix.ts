/** `node test/fidelity/matrix.ts`: runs the suite and writes matrix.md beside this file. */
import { writeFileSync } from 'node:fs'
import { CLIENTS } from './clients/index.ts'
import { EXCHANGES } from './exchanges/index.ts'
import { renderMatrix } from './render-matrix.ts'
import { type Result, runClient } from './run.ts'
import { verdictOf } from './verdict.ts'

const results: Result[] = []
for (const client of CLIENTS) {
  const result = await runClient(client, EXCHANGES)
  results.push(result)
  for (const cell of result.cells)
    if (verdictOf(client, cell).kind === 'different') console.error(`✗ ${client.name}: ${cell.exchange.name}`)
}
writeFileSync(new URL('matrix.md', import.meta.url), renderMatrix(results))
// Pools of clients that have no way to close them keep the process alive.
process.exit()
