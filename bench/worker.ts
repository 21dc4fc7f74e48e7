// Measures one tool. Arguments: the name of the tool and the upstream's URL. Receives batches over IPC and answers each
// with its samples.
import { Bench } from 'tinybench'

import { type ClientName, CLIENTS } from './clients.ts'
import { bytesOf, PAYLOADS, type PayloadName } from './payloads.ts'
import { TOOLS } from './tools.ts'

export interface Batch {
  readonly client: ClientName
  readonly payload: PayloadName
  readonly iterations: number
}
/** The time of each request, ms; `null` if the tool cannot answer this client. */
export type Samples = readonly number[] | null

const [, , name = '', upstream = ''] = process.argv
const start = TOOLS[name]
if (!start) throw new Error(`no tool ${name}`)
const tool = await start(upstream)

async function measure({ client, payload, iterations }: Batch): Promise<Samples> {
  if (!tool.clients.includes(client)) return null
  const url = upstream + PAYLOADS[payload].path
  await tool.open?.(client, payload)
  try {
    const length = await CLIENTS[client](url, tool.dispatcher)
    if (length !== bytesOf(payload)) throw new Error(`${name}, ${client}, ${payload}: ${length} bytes`)
    const bench = new Bench({ iterations, time: 0, warmup: false, retainSamples: true, throws: true })
    bench.add(name, async () => {
      await CLIENTS[client](url, tool.dispatcher)
    })
    const [task] = await bench.run()
    const result = task?.result
    if (!result || !('latency' in result)) throw new Error(`${name}: not measured`)
    return result.latency.samples ?? []
  } finally {
    await tool.close?.()
  }
}

process.on('message', (batch: Batch) => {
  measure(batch).then(
    (samples) => process.send?.({ samples }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
