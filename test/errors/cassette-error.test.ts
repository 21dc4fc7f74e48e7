import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { CassetteMiss, CassetteOptionError, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { fromRoot } from '../helpers/shared.ts'

describe('a CassetteError', () => {
  const bench = testBench((_request, response) => void response.end('fine'))

  it('ends with the heading of docs/errors.md about its code, in its message and its stack', async () => {
    await withCassette(bench.path(), async () => (await fetch(bench.url('/a'))).text())
    const miss = await withCassette(bench.path(), { mode: 'none' }, () => fetch(bench.url('/b'))).catch(
      (error: unknown) => error,
    )
    const option = await withCassette(bench.path(), { timing: -1 }, () => 1).catch((error: unknown) => error)
    assert.ok(miss instanceof CassetteMiss && option instanceof CassetteOptionError)
    const headings = readFileSync(fromRoot('docs/errors.md'), 'utf8')
    for (const error of [miss, option]) {
      const pointer = `See cassette/docs/errors.md#${error.code.toLowerCase()}`
      assert.equal(error.message.split('\n').at(-1), pointer)
      assert.ok(error.stack?.includes(pointer))
      assert.ok(headings.includes(`\n## ${error.code}\n`))
    }
  })
})
