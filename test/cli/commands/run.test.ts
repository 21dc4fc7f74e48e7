import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'

import { startServer, type TestServer } from '../../helpers/server.ts'
import { type Ended, makeProject, NODE_24, type Project } from '../../integrations/project.ts'

const CLI = 'node_modules/cassette/dist/cli/main.js'

describe('the cassette command', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  before(async () => {
    server = await startServer((request, response) => void response.end(`answer to ${request.path}`))
    project = makeProject('test/fixtures/programs')
  })
  after(async () => {
    project.remove()
    await server.close()
  })

  const cassette = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    project.run([`../${CLI}`, ...args], { env: { PORT: String(server.port), ...env } })

  it('ends with 0 for --help and --version, with 2 for wrong usage, and with 3 for an unreadable file', async () => {
    const help = await cassette(['--help'])
    assert.deepEqual([help.code, help.stderr], [0, ''])
    assert.match(help.stdout, /^ {2}run {2}/m)
    const run = await cassette(['run', '--help'], { NO_COLOR: '' })
    assert.match(run.stdout, /^USAGE cassette run \[OPTIONS\] -- COMMAND \[ARGUMENTS\]$/m)
    assert.equal(run.code, 0, run.output)
    assert.match(run.stdout, /--match-on/)
    assert.doesNotMatch(run.stdout, /\u001B/)
    assert.match((await cassette(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
    for (const [args, problem] of [
      [[], /which command\?/],
      [['rnu'], /unknown command "rnu"; use one of init, run/],
      [['__proto__'], /unknown command "__proto__"/],
      [['run', '--moed', 'none', '--', 'node'], /unknown option --moed; use one of --path/],
      [['run', 'node', 'ask.cjs'], /the program is missing/],
      [['run', '--mode', 'onec', '--', 'node'], /unknown mode "onec"; use one of once, none/],
    ] as const) {
      const bad = await cassette([...args])
      assert.equal(bad.code, 2, bad.output)
      assert.match(bad.stderr, problem)
    }
    const unreadable = await cassette(['run', '--path', 'ask.cjs', '--', NODE_24, 'ask.cjs', '/a'])
    assert.deepEqual([unreadable.code, unreadable.stdout], [3, ''], unreadable.output)
    assert.match(unreadable.stderr, /^cassette: .*ask\.cjs/)
    const unwritable = ['run', '--path', '/proc/none/tape.yaml', '--']
    const ended = await cassette([...unwritable, NODE_24, 'ask.cjs', '/a'])
    assert.deepEqual([ended.code, ended.stdout], [3, ''], ended.output)
    assert.match(ended.stderr, /^cassette: The cassette path "\/proc\/none\/tape\.yaml" cannot be used/)
    // A run that writes nothing may use a cassette that is not writable.
    const replayed = await cassette([...unwritable, NODE_24, '-p', '1'], { CASSETTE_MODE: 'none' })
    assert.deepEqual([replayed.code, replayed.stdout], [0, '1\n'], replayed.output)
    await cassette(['run', '--path', 'fresh/tape.yaml', '--', NODE_24, '-p', '1'])
    assert.equal(project.exists('fresh'), false)
  })

  it('run: records and replays forks, spawned programs and workers, and a miss in any of them changes the exit code', async () => {
    const run = (mode: string, env: Record<string, string> = {}): Promise<Ended> =>
      cassette(['run', '--path', 'tapes/all.yaml', '--mode', mode, '--', NODE_24, 'family.cjs'], env)
    const live = await run('once')
    assert.equal(live.code, 0, live.output)
    assert.equal(server.requests.length, 3)
    for (const name of ['all', 'all.ask', 'all.thread'])
      assert.ok(project.exists(`tapes/${name}.yaml`), live.output)
    const again = await run('none')
    assert.equal(again.code, 0, again.output)
    assert.equal(server.requests.length, 3)
    const missed = await run('none', { SPAWN_PATH: '/unknown' })
    assert.equal(missed.code, 97, missed.output)
    assert.match(
      missed.stderr,
      /^cassette: 1 request could not be answered\n {2}no recording answers GET .*\/unknown$/m,
    )
  })

  it('run: keeps the recordings of identical parallel children apart, in whatever order they ask', async () => {
    const before = server.requests.length
    const run = (delays: string, env: Record<string, string> = {}): Promise<Ended> =>
      cassette(['run', '--path', 'tapes/crowd.yaml', '--', NODE_24, 'crowd.cjs'], { DELAYS: delays, ...env })
    const lines = (ended: Ended): string[] => ended.stdout.trim().split('\n').toSorted()
    const tapes = (): string[] =>
      readdirSync(project.file('tapes')).filter((name) => name.startsWith('crowd'))

    const live = await run('0,0,0,0')
    assert.equal(live.code, 0, live.output)
    assert.equal(server.requests.length, before + 12)
    assert.deepEqual(lines(live), [
      ...[0, 1, 2, 3].map((who) => `${who} answer to /common; answer to /of/${who}; answer to /common`),
      'codes 0 0 0 0',
    ])
    const recorded = tapes()
    assert.equal(recorded.length, 4)

    for (const [delays, mode] of [
      ['450,300,150,0', 'none'],
      ['300,450,0,150', 'once'],
      ['150,0,450,300', 'new_episodes'],
    ] as const) {
      const again = await run(delays, { CASSETTE_MODE: mode })
      assert.equal(again.code, 0, again.output)
      assert.deepEqual(lines(again), lines(live))
      assert.equal(server.requests.length, before + 12, `${delays} in mode ${mode}`)
      assert.deepEqual(tapes(), recorded)
    }
    const missed = await run('450,300,150,0', { CASSETTE_MODE: 'none', ALSO: '2' })
    assert.equal(missed.code, 97, missed.output)
    assert.deepEqual(lines(missed).at(-1), 'codes 0 0 97 0')
    assert.match(missed.stderr, /^ {2}no recording answers GET .*\/unknown$/m)
  })

  it('run: covers workers and processes with an environment and arguments of their own', async () => {
    const before = server.requests.length
    const ended = await cassette(['run', '--mode', 'none', '--', NODE_24, 'own-settings.cjs'])
    assert.equal(ended.code, 97, ended.output)
    assert.deepEqual(ended.stdout.trim().split('\n'), Array(11).fill('CassetteMiss'), ended.output)
    assert.match(ended.stderr, /^cassette: 11 requests could not be answered$/m)
    assert.equal(server.requests.length, before)
  })

  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux('run: names a Node process that began without cassette, and fails', async () => {
    const waits = '-e setTimeout(Object,1500)'
    const run = (command: string): Promise<Ended> =>
      cassette(['run', '--mode', 'none', '--', 'sh', '-c', command], { NODE_24 })
    const ended = await run(`env -u NODE_OPTIONS "$NODE_24" ${waits}`.replace(/\(.*\)/, `'$&'`))
    assert.equal(ended.code, 97, ended.output)
    assert.match(
      ended.stderr,
      /^cassette: 1 Node process began without cassette, so its requests went to the network\n {2}\S+node -e$/m,
    )
    const covered = await run(`"$NODE_24" --version; "$NODE_24" ${waits}`.replace(/\(.*\)/, `'$&'`))
    assert.deepEqual([covered.code, covered.stderr], [0, ''], covered.output)
  })

  it('run: moves what a process had recorded that a signal ended into its cassette', async () => {
    const run = ['run', '--path', 'left.yaml', '--', NODE_24, 'ask.cjs', '/a', 'fetch:/b']
    const killed = await cassette([...run, 'kill'])
    assert.equal(killed.code, 137, killed.output)
    assert.equal(project.exists('left.yaml.recording'), false, killed.output)
    assert.match(project.read('left.yaml'), /^incomplete: true\ninteractions:\n(?:.|\n)*\/a\n(?:.|\n)*\/b\n/m)
    const before = server.requests.length
    const again = await cassette(run)
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, 'answer to /a\nanswer to /b\n', ''])
    assert.equal(server.requests.length, before)
  })

  it('run: keeps NODE_OPTIONS, passes exit codes and signals on, and reports a missing program', async () => {
    const options = await cassette(['run', '--', NODE_24, '-p', 'process.title'], {
      NODE_OPTIONS: '--title=kept',
    })
    assert.deepEqual([options.code, options.stdout], [0, 'kept\n'], options.output)
    assert.equal((await cassette(['run', '--', NODE_24, 'ask.cjs', '/a', 'exit:5'])).code, 5)
    assert.deepEqual(project.cassettes(), ['ask.yaml'])
    assert.equal((await cassette(['run', '--', NODE_24, 'ask.cjs', 'kill'])).code, 137)
    const none = await cassette(['run', '--json', '--', 'no-such-program'])
    assert.equal(none.code, 127, none.output)
    assert.match(none.stderr, /there is no program "no-such-program"/)
    assert.match(none.stderr, /^\{"exitCode":127,"unanswered":\[\]\}$/m)
  })
})
