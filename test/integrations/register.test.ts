import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, NODES, type Project, type RunOptions } from './project.ts'

for (const [name, node] of Object.entries(NODES)) {
  describe(`cassette/register on ${name}`, function () {
    this.timeout(60_000)
    let server: TestServer
    let project: Project

    before(async () => {
      server = await startServer((request, response) => {
        const zipped = request.path.startsWith('/gzip')
        if (zipped) response.setHeader('content-encoding', 'gzip')
        response.end(zipped ? gzipSync(`answer to ${request.path}`) : `answer to ${request.path}`)
      })
      project = makeProject('test/fixtures/programs')
    })
    after(async () => {
      project.remove()
      await server.close()
    })

    const run = (
      cassette: string,
      args: string[],
      options: RunOptions & { flag?: string; mode?: string } = {},
    ) =>
      project.run([options.flag ?? '--require', 'cassette/register', 'ask.cjs', ...args], {
        node,
        env: {
          PORT: String(server.port),
          CASSETTE_PATH: cassette,
          ...(options.mode ? { CASSETTE_MODE: options.mode } : {}),
          ...options.env,
        },
      })
    const replay = (cassette: string, args: string[], options = {}): Promise<Ended> =>
      run(cassette, args, { mode: 'none', ...options })

    const replaysUnder = (flag: string) => async (): Promise<void> => {
      const live = await run(`${flag}.yaml`, ['/a', 'fetch:/b'], { flag })
      assert.equal(live.code, 0, live.output)
      assert.equal(live.stdout, 'answer to /a\nanswer to /b\n')
      const before = server.requests.length
      const again = await replay(`${flag}.yaml`, ['/a', 'fetch:/b'], { flag })
      assert.deepEqual([again.code, again.stdout, again.stderr], [0, live.stdout, ''])
      assert.equal(server.requests.length, before)
    }
    for (const flag of ['--require', '--import'])
      it(`records and replays a program that does not know cassette, with ${flag}`, replaysUnder(flag))

    it('prints a swallowed miss at once and again at the end, and changes the exit code to 97', async () => {
      await run('miss.yaml', ['/a'])
      const missed = await replay('miss.yaml', ['/other', 'fetch:/third', '/a'])
      assert.equal(missed.code, 97, missed.output)
      assert.equal(missed.stdout, 'swallowed\nswallowed\nanswer to /a\n')
      const [first = '', summary = ''] = missed.stderr.split(/cassette: 2 requests/)
      assert.match(first, /^cassette: no recording answers GET http:\/\/127\.0\.0\.1:\d+\/other$/m)
      assert.match(first, /^cassette: no recording answers GET http:\/\/127\.0\.0\.1:\d+\/third$/m)
      assert.match(first, /"\/a"|\/a/)
      assert.match(summary, /^ could not be answered; exit code 97 instead of 0$/m)
      assert.match(summary, /^ {2}no recording answers GET .*\/other$/m)
    })

    it('keeps the exit code of a program that fails by itself', async () => {
      await run('own-code.yaml', ['/a'])
      assert.equal((await replay('own-code.yaml', ['/other', 'exit:3'])).code, 3)
      assert.equal((await replay('own-code.yaml', ['/other', 'exit:0'])).code, 97)
      assert.equal((await replay('own-code.yaml', ['/a', 'exit:0'])).code, 0)
    })

    const keeps = (args: [string, string, string], code: number) => async (): Promise<void> => {
      const file = `${args[1].replaceAll(/\W/g, '-')}-${args[2].replace(':', '-')}.yaml`
      const ended = await run(file, args)
      assert.equal(ended.code, code, ended.output)
      assert.equal(project.read(file).match(/- id:/g)?.length, 2)
      const again = await replay(file, args.slice(0, 2))
      assert.deepEqual([again.code, again.stdout], [0, ended.stdout], again.output)
    }
    const keptBefore = 'keeps everything that was recorded before'
    it(
      `${keptBefore} process.exit right after the last answer, by fetch`,
      keeps(['/a', 'fetch:/b', 'exit:0'], 0),
    )
    it(
      `${keptBefore} process.exit right after the last answer, by http`,
      keeps(['fetch:/a', '/b', 'exit:4'], 4),
    )
    it(`${keptBefore} process.exit after a compressed answer`, keeps(['/a', 'fetch:/gzip', 'exit:0'], 0))
    it(`${keptBefore} an uncaught error`, keeps(['/a', 'fetch:/b', 'throw'], 1))

    it('keeps everything that was recorded before SIGKILL: any mode replays it, and the next recording run continues it', async () => {
      const killed = await run('kill.yaml', ['/a', 'fetch:/b', 'kill'])
      assert.equal(killed.signal, 'SIGKILL', killed.output)
      assert.equal(project.exists('kill.yaml'), false)
      const before = server.requests.length
      const answers = 'answer to /a\nanswer to /b\n'
      const offline = await replay('kill.yaml', ['/a', 'fetch:/b'])
      assert.deepEqual([offline.code, offline.stdout], [0, answers], offline.output)
      assert.match(
        offline.stderr,
        /\[CASSETTE_LEFTOVER\] CassetteWarning: 2 recordings .*kill\.yaml\.recording are/,
      )
      assert.equal((await replay('kill.yaml', ['/c'])).code, 97)
      const next = await run('kill.yaml', ['/a', 'fetch:/b'])
      assert.deepEqual([next.code, next.stdout], [0, answers], next.output)
      assert.equal(server.requests.length, before)
      assert.equal((await replay('kill.yaml', ['/a', 'fetch:/b'])).code, 0)

      await run('kill.yaml', ['/a', '/added', 'kill'], { mode: 'new_episodes' })
      for (const mode of ['none', 'once']) {
        const added = await run('kill.yaml', ['/a', '/added'], { mode })
        assert.deepEqual([added.code, added.stdout], [0, 'answer to /a\nanswer to /added\n'], added.output)
      }
      assert.equal(server.requests.length, before + 1)
    })

    it('takes its options from the environment, and the path from the program if there is none', async () => {
      const ignore = { CASSETTE_IGNORE: `127.0.0.1:${server.port}` }
      const ignored = await replay('ignored.yaml', ['/a'], { env: ignore })
      assert.deepEqual([ignored.code, ignored.stdout], [0, 'answer to /a\n'])
      assert.equal(project.exists('ignored.yaml'), false)

      await run('match-on.yaml', ['post:one'])
      const matched = await replay('match-on.yaml', ['post:two'], {
        env: { CASSETTE_MATCH_ON: 'model' },
      })
      assert.deepEqual(
        [matched.code, matched.stdout],
        [0, 'answer to /v1/chat/completions\n'],
        matched.output,
      )

      const env = { PORT: String(server.port) }
      await project.run(['--require', 'cassette/register', 'ask.cjs', '/a'], { node, env })
      assert.ok(project.exists('cassettes/ask.yaml'))
    })

    it('does not start the program if the cassette cannot be written or read', async () => {
      const no = await run('package.json.d/x.yaml/', ['/a'])
      assert.deepEqual([no.code, no.stdout], [1, ''], no.output)
      assert.match(
        no.stderr,
        /^cassette: The cassette path .* names a folder\.\nSee cassette\/docs\/errors\.md#cassette_path\n$/,
      )
      writeFileSync(project.file('plain.txt'), '')
      const under = await run('plain.txt/x.yaml', ['/a'])
      assert.deepEqual([under.code, under.stdout], [1, ''], under.output)
      assert.match(
        under.stderr,
        /^cassette: The cassette path "plain\.txt\/x\.yaml" .*\nSee cassette\/docs\/errors\.md#cassette_path\n$/,
      )
      const mode = await run('mode.yaml', ['/a'], { mode: 'onec' })
      assert.deepEqual([mode.code, mode.stdout], [1, ''], mode.output)
      assert.match(mode.stderr, /CASSETTE_MODE: expected one of/)
    })

    it('refuses withCassette inside the program, and says how to choose', async () => {
      writeFileSync(
        project.file('nested.mjs'),
        `import { withCassette } from 'cassette'
         await withCassette('inner.yaml', () => {}).catch((error) => console.log(error.code, error.message))`,
      )
      const nested = await project.run(['--import', 'cassette/register', 'nested.mjs'], {
        node,
        env: { CASSETTE_PATH: 'outer.yaml' },
      })
      assert.match(
        nested.stdout,
        /^CASSETTE_NESTED inner\.yaml cannot be opened while outer\.yaml is, since [^ ]+: /,
      )
      assert.match(nested.stdout, /without the preload to use withCassette, or take the withCassette out/)
      assert.equal(nested.code, 0)
    })

    it('covers workers of a text, with an environment and arguments of their own', async () => {
      const env = { PORT: String(server.port), CASSETTE_MODE: 'none' }
      const before = server.requests.length
      for (const flag of ['--require', '--import']) {
        const ended = await project.run([flag, 'cassette/register', 'own-settings.cjs', 'workers'], {
          node,
          env,
        })
        assert.equal(ended.code, 97, ended.output)
        assert.deepEqual(ended.stdout.trim().split('\n'), Array(5).fill('CassetteMiss'), ended.output)
      }
      assert.equal(server.requests.length, before)
    })

    it('gives forks and workers their own cassettes, and reports their misses', async () => {
      const env = { PORT: String(server.port), CASSETTE_PATH: 'tapes/family.yaml' }
      const family = (more: Record<string, string> = {}): Promise<Ended> =>
        project.run(['--require', 'cassette/register', 'family.cjs'], { node, env: { ...env, ...more } })
      const live = await family()
      assert.equal(live.code, 0, live.output)
      assert.ok(existsSync(project.file('tapes/family.ask.yaml')), live.output)
      assert.ok(existsSync(project.file('tapes/family.thread.yaml')), live.output)
      assert.equal(project.exists('tapes/family.yaml'), false)

      const again = await family({ CASSETTE_MODE: 'none', SPAWN_PATH: '/live' })
      assert.equal(again.code, 0, again.output)
      const missed = await family({ CASSETTE_MODE: 'none', FORK_PATH: '/unknown' })
      assert.equal(missed.code, 97, missed.output)
      assert.match(missed.stdout, /^fork 97$/m)
      assert.match(missed.stderr, /^cassette: 1 request could not be answered; exit code 97 instead of 0$/m)
    })
  })
}
