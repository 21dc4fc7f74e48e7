// Measures the cost of a request: live, past an idle cassette, while recording, in replay, and with other libraries.
//   node bench/main.ts [--quick] [--json FILE] [--tools a,b]
// Every tool runs in its own process. The batches of all tools are interleaved, so that a slow minute slows all of them.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { CLIENT_NAMES } from './clients.ts'
import { measureMatching } from './matching.ts'
import { PAYLOADS, type PayloadName } from './payloads.ts'
import { type Cell, renderTable } from './report.ts'
import { TOOLS } from './tools.ts'
import type { Batch, Samples } from './worker.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    tools: { type: 'string', default: Object.keys(TOOLS).join() },
  },
})
const ROUNDS = values.quick ? 1 : 7
const ITERATIONS: Readonly<Record<PayloadName, number>> = values.quick
  ? { '1 KB': 10, '1 MB': 3, SSE: 3 }
  : { '1 KB': 60, '1 MB': 12, SSE: 12 }
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const upstream = spawn(process.execPath, [here('upstream.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
const [url] = (await once(createInterface(upstream.stdout), 'line')) as [string]
const workers = new Map<string, ChildProcess>()
for (const tool of values.tools.split(',')) {
  const worker = fork(here('worker.ts'), [tool, url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(worker, 'message')
  workers.set(tool, worker)
}

async function run(tool: string, batch: Batch): Promise<Samples> {
  const worker = workers.get(tool)
  worker?.send(batch)
  const [answer] = (await once(worker as ChildProcess, 'message')) as [{ samples: Samples; error?: string }]
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer.samples
}

async function interleaved(batch: Batch): Promise<Cell[]> {
  const samples = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round++)
    for (const tool of workers.keys())
      for (const ms of (await run(tool, batch)) ?? []) samples.set(tool, [...(samples.get(tool) ?? []), ms])
  return [...samples].map(([tool, all]) => ({
    tool,
    client: batch.client,
    payload: batch.payload,
    medianMs: all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0,
    samples: all.length,
  }))
}

const cells: Cell[] = []
for (const client of CLIENT_NAMES)
  for (const payload of Object.keys(PAYLOADS) as PayloadName[])
    cells.push(...(await interleaved({ client, payload, iterations: ITERATIONS[payload] })))
for (const worker of workers.values()) worker.disconnect()
upstream.kill()

const matching = measureMatching(values.quick)
const result = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  rounds: ROUNDS,
  requests: cells,
  matching,
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
process.stdout.write(`${renderTable(result)}\n`)
