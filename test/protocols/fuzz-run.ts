import assert from 'node:assert/strict'
import { join } from 'node:path'

import { runProgram } from '../helpers/program.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

/**
 * Runs the fuzz program in a process without cassette and in a patched one, and compares them: between cassettes every
 * case is the same, and while recording nothing is thrown that nobody catches.
 */
export async function fuzz(cases: number): Promise<void> {
  const folder = tempFolder()
  const run = async (env: Record<string, string>): Promise<Record<string, unknown>> => {
    const ended = await runProgram('test/protocols/programs/fuzz.ts', { CASES: String(cases), ...env })
    assert.equal(ended.code, 0, ended.stderr)
    return JSON.parse(ended.stdout) as Record<string, unknown>
  }
  try {
    const plain = await run({})
    const patched = await run({ TAPE: join(folder.path, 'tape.yaml') })
    assert.equal((plain['plain'] as unknown[]).length, cases)
    assert.deepEqual(plain['uncaught'], [])
    assert.deepEqual(patched['uncaught'], [])
    assert.equal((patched['recording'] as unknown[]).length, cases)
    assert.deepEqual(patched['idle'], plain['plain'])
  } finally {
    folder.remove()
  }
}
