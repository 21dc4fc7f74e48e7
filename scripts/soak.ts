// Mixes replay and passthrough over every client, for 10 minutes or `--seconds N`. Ends with 1 if something grows or
// hangs, and names the group. `--only NAME` runs only groups with this in their name. `--raw FILE` writes all samples as
// JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { selfSigned } from '../test/helpers/tls-certificate.ts'
import { render } from './soak/render.ts'
import type { Addresses, Slot, Task, Told } from './soak/tasks.ts'
import { judge } from './soak/verdict.ts'

/** The number of workers: one for each core of a CI machine. */
const PARTS = 2

const fileOf = (name: string): string => fileURLToPath(new URL(`soak/${name}.ts`, import.meta.url))

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== 'CI' && !name.startsWith('CASSETTE_') && !/proxy/i.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_NO_WARNINGS: '1' }
}

/** All servers share this certificate: OpenSSL cannot tell two certificates with the same name apart. */
const KEYS = JSON.stringify(selfSigned())

async function startServers(): Promise<{ addresses: Addresses; stop: () => void }> {
  const child = spawn(process.execPath, [fileOf('upstream')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...environment(), KEYS },
  })
  if (!child.stdout) throw new Error('the servers have no output')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { addresses: JSON.parse(line) as Addresses, stop: () => child.disconnect() }
}

interface Worker {
  readonly child: ChildProcess
  readonly recorded: Promise<void>
  /** Resolves with the worker's slots when it has ended. */
  readonly ended: Promise<Slot[]>
}

function startWorker(task: Task): Worker {
  const child = spawn(process.execPath, ['--expose-gc', fileOf('work')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment(), SOAK: JSON.stringify(task) },
  })
  const slots: Slot[] = []
  let turn = 'its start'
  const recorded = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = JSON.parse(line) as Told
    if (told.kind === 'recorded') recorded.resolve()
    else if (told.kind === 'slot') slots.push(told)
    else if (told.kind === 'begins') turn = `the turn of ${told.group}, after ${slots.length} turns`
    else child.kill()
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    if (signal !== 'SIGTERM')
      throw new Error(`worker ${task.part} ended with ${String(signal ?? code)} in ${turn}`)
    return slots
  })
  return { child, recorded: Promise.race([recorded.promise, ended.then(() => {})]), ended }
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    only: { type: 'string' },
    leak: { type: 'string' },
    raw: { type: 'string' },
  },
})
const recorded = await startServers()
const live = await startServers()
const { only, leak } = values
const workers = Array.from({ length: PARTS }, (_, part) =>
  startWorker({
    part,
    parts: PARTS,
    seconds: Number(values.seconds),
    recorded: recorded.addresses,
    live: live.addresses,
    ...(only === undefined ? {} : { only }),
    ...(leak === undefined ? {} : { leak }),
  }),
)
await Promise.all(workers.map((worker) => worker.recorded))
recorded.stop()
const slots = await Promise.all(workers.map((worker) => worker.ended))
live.stop()
if (values.raw) writeFileSync(values.raw, JSON.stringify(slots))
const verdict = judge(slots)
process.stdout.write(`${render(verdict)}\n`)
process.exitCode = verdict.faults.length > 0 ? 1 : 0
