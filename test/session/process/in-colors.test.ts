import assert from 'node:assert/strict'
import { inspect } from 'node:util'

import { CassetteMiss, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { runProgram } from '../../helpers/program.ts'

const ESCAPE = '\u001b['

async function missOf(run: Promise<unknown>): Promise<CassetteMiss> {
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof CassetteMiss)
  return error
}

describe('a miss', () => {
  const bench = testBench((_, response) => void response.end('answer'))
  const ask = (question: string): Promise<Response> =>
    fetch(bench.url('/ask'), { method: 'POST', body: JSON.stringify({ question }) })
  let saved: string | undefined
  beforeEach(() => {
    saved = process.env['NO_COLOR']
    delete process.env['NO_COLOR']
  })
  afterEach(() => {
    if (saved === undefined) delete process.env['NO_COLOR']
    else process.env['NO_COLOR'] = saved
  })

  it('is printed in colour only if the printer shows colours; its message never has any', async () => {
    await withCassette(bench.path(), () => ask('one'))
    const miss = await missOf(withCassette(bench.path(), () => ask('two')))
    assert.ok(!`${miss.message}${miss.stack}${String(miss)}${JSON.stringify(miss)}`.includes(ESCAPE))
    assert.ok(inspect(miss, { colors: true }).includes(`incoming  ${ESCAPE}32m"two"${ESCAPE}39m`))
    assert.equal(inspect(miss), `CassetteMiss: ${miss.message}`)
    process.env['NO_COLOR'] = '1'
    assert.equal(inspect(miss, { colors: true }), `CassetteMiss: ${miss.message}`)
  })

  it('reaches stderr in colour only if FORCE_COLOR or a terminal asks for it', async () => {
    const path = bench.path('none.yaml')
    const run = (env: Record<string, string>): ReturnType<typeof runProgram> =>
      runProgram('test/session/programs/unheard-miss.ts', {
        NODE_OPTIONS: `--import=${new URL('../../../src/integrations/register.ts', import.meta.url).href}`,
        CASSETTE_PATH: path,
        CASSETTE_MODE: 'none',
        TARGET: bench.url('/ask'),
        ...env,
      })
    const colored = await run({ NO_COLOR: '', FORCE_COLOR: '1' })
    assert.ok(
      colored.stderr.startsWith(
        `${ESCAPE}31mcassette:${ESCAPE}39m no recording answers ${ESCAPE}1mGET ${bench.url('/ask')}`,
      ),
      colored.stderr,
    )
    for (const env of [{ NO_COLOR: '' }, { NO_COLOR: '1', FORCE_COLOR: '1', NODE_NO_WARNINGS: '1' }]) {
      const { code, stderr } = await run({ ...env, CI: 'true' })
      assert.equal(code, 97)
      assert.ok(stderr.startsWith('cassette: no recording answers GET '), stderr)
      assert.ok(!stderr.includes(ESCAPE))
    }
  })
})
