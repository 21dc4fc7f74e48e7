import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'

import { runProgram } from '../../helpers/program.ts'
import { useFolder } from '../../storage/helpers.ts'

const MIB = 1024 * 1024

describe('the memory of a process that records a download', function () {
  this.timeout(120_000)
  const at = useFolder()

  for (const [transfer, mib, times] of [
    ['bytes', 200, 3],
    ['text', 200, 3],
  ] as const) {
    it(`of ${mib} MiB of ${transfer} stays below ${times} times its size`, async () => {
      const env = { TRANSFER: transfer, SIZE_MIB: String(mib), FILE: at('tape.yaml') }
      const { stdout, stderr } = await runProgram('test/session/programs/large-transfer.ts', env)
      assert.match(stdout, /peak/, stderr)
      const { read, peak } = JSON.parse(stdout) as { read: number; peak: number }
      assert.equal(read, mib * MIB)
      assert.ok(peak < times * mib * MIB, `${Math.round(peak / MIB)} MiB`)
      const [name = ''] = readdirSync(at('tape.yaml.d'))
      assert.equal(statSync(at('tape.yaml.d', name)).size, mib * MIB)
    })
  }
})
