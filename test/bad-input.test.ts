import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

import { CassetteError, CassetteFormatError, openCassette, withCassette } from '../src/index.ts'
import { testBench } from './helpers/cassette-folder.ts'
import { fromRoot } from './helpers/shared.ts'

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly signal: string | null
  readonly code: number | null
}

describe('bad input', () => {
  const bench = testBench((request, response) => {
    const isLong = request.path === '/long'
    if (isLong) response.setHeader('content-encoding', 'gzip')
    response.end(isLong ? gzipSync('long answer '.repeat(20_000)) : 'live')
  })
  const get = async (path = '/a'): Promise<string> => (await fetch(bench.url(path))).text()

  describe('a path that cannot hold a cassette is refused before the function runs, and the error names it', () => {
    const paths: [string, () => string][] = [
      ['a folder', () => bench.path('..')],
      ['empty', () => ''],
      ['a NUL', () => bench.path('a\0b')],
      [
        'a parent that is a file',
        () => {
          writeFileSync(bench.path('file'), '')
          return bench.path('file/x.yaml')
        },
      ],
      [
        'a loop of links',
        () => {
          symlinkSync(bench.path('loop'), bench.path('loop'))
          return bench.path('loop')
        },
      ],
      ['no string', () => 7 as never],
      ['too long a name', () => bench.path('x'.repeat(300))],
    ]
    for (const [name, path] of paths)
      for (const mode of ['once', 'none', 'new_episodes', 'all'] as const)
        it(`${name}, mode ${mode}`, async () => {
          let ran = false
          await assert.rejects(
            withCassette(path(), { mode }, () => {
              ran = true
            }),
            (error) => error instanceof CassetteError && error.code === 'CASSETTE_PATH',
          )
          assert.ok(!ran)
        })
  })

  describe('a file that is not a cassette is not changed, and no request goes live', () => {
    const files: [string, string, RegExp][] = [
      ['not YAML', 'version: 1\ninteractions: [', /tape\.yaml:\d+:\d+: expected/],
      ['something else', '<html>', /tape\.yaml:1:1: expected/],
      ['truncated', 'version: 1\ninteractions:\n  - id: a\n    recorded_at: "2026', /tape\.yaml:4:\d+/],
      ['of a newer version', 'version: 2\ninteractions: []\n', /tape\.yaml:1:\d+: .*version.*2/],
      ['a tag', 'version: 1\ninteractions: !!set {}\n', /tape\.yaml:2:\d+/],
      ['aliases', 'version: 1\nmetadata: [&a [x], *a]\ninteractions: []\n', /tape\.yaml:2:\d+/],
      ['a wrong type', 'version: 1\ninteractions: yes\n', /tape\.yaml:2:\d+: expected/],
      ['binary', '\0\x01\x02', /tape\.yaml:1:1/],
    ]
    for (const [name, text, message] of files)
      for (const mode of ['once', 'none', 'new_episodes', 'all'] as const)
        it(`${name}, mode ${mode}`, async () => {
          writeFileSync(bench.path(), text)
          await assert.rejects(
            withCassette(bench.path(), { mode }, () => get()),
            (error) => error instanceof CassetteFormatError && message.test(error.message),
          )
          assert.equal(readFileSync(bench.path(), 'utf8'), text)
          assert.equal(bench.server.requests.length, 0)
        })
  })

  /** Runs a program from source while the server in this process answers it. */
  const run = (body: string, prefix: readonly string[] = []): Promise<Ended> => {
    const program = `import { withCassette } from ${JSON.stringify(fromRoot('src/index.ts'))}
      const path = ${JSON.stringify(bench.path())}
      const get = async (rest) => (await fetch(${JSON.stringify(bench.url(''))} + rest)).text()
      ${body}`
    const file = bench.path(`program-${programs++}.mjs`)
    writeFileSync(file, program)
    const [command = '', ...args] = [...prefix, process.execPath, file].slice()
    return new Promise((resolve) => {
      const child = execFile(command, args, { timeout: 50_000 }, (_error, stdout, stderr) =>
        resolve({ stdout, stderr, signal: child.signalCode, code: child.exitCode }),
      )
    })
  }
  let programs = 0

  it('a cassette that another live process records is refused, and the error names its pid', async () => {
    const cassette = await openCassette(bench.path())
    const { stdout, stderr } = await run(
      'await withCassette(path, () => {}).catch((error) => console.log(error.code, error.message))',
    )
    await cassette.close()
    assert.match(stdout, new RegExp(`^CASSETTE_LOCKED [^]*tape\\.yaml[^]*\\b${process.pid}\\b`), stderr)
  })

  it('a process that is killed during a run loses no finished exchange, and the next run continues', async () => {
    const { signal, stderr } = await run(`await withCassette(path, { mode: 'once' }, async () => {
        await get('/one')
        await get('/two')
        await new Promise((resolve) => setTimeout(resolve, 50))
        process.kill(process.pid, 'SIGKILL')
      })`)
    assert.equal(signal, 'SIGKILL', stderr)
    assert.equal(bench.read(), undefined)
    await withCassette(bench.path(), { mode: 'once' }, async (cassette) => {
      await get('/one')
      await get('/two')
      await get('/three')
      assert.equal(cassette.played, 2)
    })
    assert.deepEqual(
      bench.server.requests.map(({ path }) => path),
      ['/one', '/two', '/three'],
    )
    assert.equal([...(bench.read() ?? '').matchAll(/^ {2}- id: /gm)].length, 3)
    assert.doesNotMatch(bench.read() ?? '', /incomplete/)
  })

  it('a swallowed miss before process.exit(0) is still reported', async () => {
    const { code, stderr } = await run(`await withCassette(path, { mode: 'none' }, async () => {
        await get('/one').catch(() => {})
        process.exit(0)
      })`)
    assert.equal(code, 97)
    assert.match(stderr, /CassetteMiss: no recording answers GET .*\/one/)
  })

  it('an immediate process.exit also keeps a long and compressed answer', async () => {
    const { code, stderr } = await run(`await withCassette(path, { mode: 'once' }, async () => {
        await get('/long')
        process.exit(0)
      })`)
    assert.equal(code, 0, stderr)
    await withCassette(bench.path(), { mode: 'once' }, () => get('/long'))
    assert.equal(bench.server.requests.length, 1)
  })

  it('process.exit inside the function loses no exchange either', async () => {
    const { code, stderr } = await run(`await withCassette(path, { mode: 'once' }, async () => {
        await get('/one')
        process.exit(3)
      })`)
    assert.equal(code, 3, stderr)
    await withCassette(bench.path(), { mode: 'once' }, () => get('/one'))
    assert.equal(bench.server.requests.length, 1)
  })

  it('a full disk is reported with its path after the function, and the client still reads its response', async () => {
    const { stdout, stderr } = await run(
      `process.on('SIGXFSZ', () => {})
      let seen = 0
      await withCassette(path, { mode: 'once' }, async () => {
        for (let i = 0; i < 40; i++) seen += (await get('/' + i + '?' + 'x'.repeat(200))).length
      }).catch((error) => console.log(error.code, error.message))
      console.log('seen', seen)`,
      ['bash', '-c', 'ulimit -f 8; exec "$@"', 'limited'],
    )
    assert.match(stdout, /^CASSETTE_WRITE [^]*tape\.yaml/, stderr)
    assert.match(stdout, /seen 160$/m)
    assert.equal(bench.read(), undefined)
  })
})
