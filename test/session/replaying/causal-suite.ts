import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../src/index.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { randomFrom } from '../../helpers/random.ts'
import {
  owed,
  type Program,
  randomProgram,
  runProgramSteps,
  serveProgram,
  tooEarly,
} from './causal-program.ts'

/** How long one replay may take, ms. */
const LIMIT_MS = 4000

interface Numbers {
  readonly programs: number
  readonly replays: number
  /** The longest time that a step thinks before it sends, ms. */
  readonly thinkMs: number
}

/** Random programs are recorded, then replayed in other schedules. Set CAUSAL_SEED to the printed seed to run the same ones again. */
export function causalSuite({ programs, replays, thinkMs }: Numbers): void {
  const first = Number(process.env['CAUSAL_SEED'] ?? Date.now() % 0x7fffffff)
  for (let at = 0; at < programs; at++) {
    const seed = first + at
    it(`replays a random program in ${replays} schedules (CAUSAL_SEED=${seed})`, async () => {
      const random = randomFrom(seed)
      const program = randomProgram(random)
      const delays = (): number[] => program.map(() => Math.floor(random() * thinkMs))
      await replayed(program, delays, replays)
    }).timeout(20_000 + replays * LIMIT_MS)
  }
}

async function replayed(program: Program, delays: () => number[], replays: number): Promise<void> {
  const folder = tempFolder()
  const server = await serveProgram()
  const warnings: string[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', onWarning)
  try {
    const path = join(folder.path, 'tape.yaml')
    server.reset(program)
    const live = await withCassette(path, { mode: 'once' }, () =>
      runProgramSteps(program, server.url, delays()),
    )
    await server.close()
    const owing = owed(program, live)
    for (let run = 0; run < replays; run++) {
      const given = delays()
      const shown = JSON.stringify({ program, given })
      const log = await withCassette(path, { mode: 'none' }, () =>
        Promise.race([
          runProgramSteps(program, server.url, given),
          sleep(LIMIT_MS, undefined, { ref: false }).then(() => assert.fail(`has not ended: ${shown}`)),
        ]),
      )
      assert.equal(log.length, live.length, shown)
      assert.deepEqual(tooEarly(log, owing), [], shown)
    }
    assert.deepEqual(warnings, [])
  } finally {
    process.removeListener('warning', onWarning)
    folder.remove()
  }
}
