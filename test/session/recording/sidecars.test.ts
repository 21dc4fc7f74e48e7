import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  chmodSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

import {
  CassetteFormatError,
  CassetteOptionError,
  CassetteWriteError,
  withCassette,
} from '../../../src/index.ts'
import { fromInteraction } from '../../../src/cassette/convert.ts'
import type { CassetteSource } from '../../../src/storage/sources/cassette-folder.ts'
import { cassetteFile, cassetteFolder } from '../../../src/storage/sources/cassette-folder.ts'
import { gitRevision } from '../../../src/storage/sources/git-revision.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const LIMIT = { maxBodySize: 1000 }
const LARGE = 'a line of the large answer\n'.repeat(100)
const BYTES = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256))
const KEY = 'ghp_' + 'aB3dE5gH7jK9'.repeat(3)

describe('a body that is larger than maxBodySize', () => {
  const bench = testBench(({ path, body }, response) => {
    const answers: Record<string, string | Buffer> = {
      '/up': `${body.length} bytes`,
      '/bytes': BYTES,
      '/json': JSON.stringify({ access_token: 'opaque-one', rest: LARGE }),
      '/key': LARGE + KEY + LARGE,
      '/small': 'small',
    }
    if (path === '/json') response.setHeader('content-type', 'application/json')
    response.end(answers[path] ?? LARGE)
  })
  const text = async (path: string): Promise<string> => (await fetch(bench.url(path))).text()
  const upload = async (body: Uint8Array<ArrayBuffer>): Promise<string> =>
    (await fetch(bench.url('/up'), { method: 'POST', body })).text()
  const aside = (): string[] =>
    existsSync(bench.path('tape.yaml.d')) ? readdirSync(bench.path('tape.yaml.d')) : []
  const nameOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const record = (run: () => Promise<unknown>, mode: 'all' | 'new_episodes' = 'all'): Promise<unknown> =>
    withCassette(bench.path(), { mode, ...LIMIT }, run)
  const replay = <T>(run: () => Promise<T>): Promise<T> => withCassette(bench.path(), { mode: 'none' }, run)

  it('is a file beside the cassette, and replays without the server', async () => {
    await record(async () => {
      await text('/text')
      await text('/small')
      await text('/bytes')
      await upload(Buffer.concat([BYTES, BYTES]))
    })
    assert.deepEqual(aside().toSorted(), [LARGE, BYTES, Buffer.concat([BYTES, BYTES])].map(nameOf).toSorted())
    assert.ok(!bench.read()?.includes('a line of the large answer'))
    assert.match(bench.read() ?? '', /text: small/)
    await bench.server.close()
    await replay(async () => {
      assert.equal(await text('/text'), LARGE)
      assert.deepEqual(Buffer.from(await (await fetch(bench.url('/bytes'))).arrayBuffer()), BYTES)
      assert.equal(await upload(Buffer.concat([BYTES, BYTES])), '10000 bytes')
    })
    await assert.rejects(
      replay(() => upload(BYTES)),
      { code: 'CASSETTE_MISS' },
    )
  })

  it('is redacted as every body is', async () => {
    await record(async () => {
      await text('/key')
      await text('/json')
    })
    const files = aside().map((name) => readFileSync(bench.path(`tape.yaml.d/${name}`), 'utf8'))
    assert.equal(files.length, 2)
    for (const file of files) {
      assert.ok(!file.includes(KEY.slice(-10)) && !file.includes('opaque-one'))
      assert.ok(file.includes('REDACTED'))
    }
  })

  it('has the mode of its cassette', async () => {
    await record(() => text('/small'))
    chmodSync(bench.path(), 0o600)
    await record(() => text('/text'), 'new_episodes')
    const [name = ''] = aside()
    assert.equal(statSync(bench.path(`tape.yaml.d/${name}`)).mode & 0o777, 0o600)
  })

  it('is read by beforeRecord and beforeReplay as text', async () => {
    const seen: string[] = []
    const see = <T extends { response?: { body?: object } }>(exchange: T): T => {
      seen.push(Object.keys(exchange.response?.body ?? {}).join())
      return exchange
    }
    await withCassette(bench.path(), { mode: 'all', ...LIMIT, beforeRecord: see }, () => text('/text'))
    const answer = await withCassette(bench.path(), { mode: 'none', beforeReplay: see }, () => text('/text'))
    assert.deepEqual([seen, answer], [['text', 'text'], LARGE])
  })

  it('is removed if no recording names it any more, and nothing else is', async () => {
    await record(async () => {
      await text('/text')
      await text('/bytes')
    })
    writeFileSync(bench.path('tape.yaml.d/notes.txt'), 'mine')
    await record(() => text('/small'), 'new_episodes')
    assert.deepEqual(aside().toSorted(), [nameOf(LARGE), nameOf(BYTES), 'notes.txt'].toSorted())
    await record(() => text('/text'))
    assert.deepEqual(aside().toSorted(), [nameOf(LARGE), 'notes.txt'].toSorted())
    rmSync(bench.path('tape.yaml.d/notes.txt'))
    await record(() => text('/small'))
    assert.ok(!existsSync(bench.path('tape.yaml.d')))
  })

  it('leaves a former cassette whole if the run fails', async () => {
    await record(() => text('/text'))
    const before = bench.read()
    await assert.rejects(
      record(async () => {
        await text('/bytes')
        throw new Error('the test fails')
      }),
    )
    assert.deepEqual([bench.read(), aside()], [before, [nameOf(LARGE)]])
    assert.equal(await replay(() => text('/text')), LARGE)
  })

  for (const [what, spoil] of Object.entries<(file: string) => void>({
    'is missing': (file) => rmSync(file),
    'is cut short': (file) => writeFileSync(file, LARGE.slice(1)),
    'has other bytes': (file) => writeFileSync(file, LARGE.replaceAll('a', 'b')),
    'is a link': (file) => {
      renameSync(file, `${file}.txt`)
      symlinkSync(`${file}.txt`, file)
    },
    'is a folder': (file) => {
      rmSync(file)
      mkdirSync(file)
    },
    'is in a folder that is a link': (file) => {
      renameSync(dirname(file), bench.path('elsewhere'))
      symlinkSync(bench.path('elsewhere'), dirname(file))
    },
  })) {
    it(`is refused with its name if its file ${what}`, async () => {
      await record(() => text('/text'))
      spoil(bench.path(`tape.yaml.d/${nameOf(LARGE)}`))
      await assert.rejects(
        replay(() => text('/text')),
        (error) => {
          assert.ok(error instanceof CassetteFormatError, String(error))
          assert.ok(error.message.includes(nameOf(LARGE)) && error.line > 5, error.message)
          return true
        },
      )
    })
  }

  it('is not written through a link that stands in place of its folder', async () => {
    mkdirSync(bench.path('elsewhere'))
    symlinkSync(bench.path('elsewhere'), bench.path('tape.yaml.d'))
    await assert.rejects(
      record(() => text('/text')),
      CassetteWriteError,
    )
    assert.deepEqual(readdirSync(bench.path('elsewhere')), [])
  })

  it('is found by commands that read folders, files and revisions of git', async () => {
    await record(() => text('/text'))
    const git = (...args: string[]): unknown =>
      execFileSync('git', args, { cwd: bench.path('.'), stdio: 'pipe' })
    git('init', '-q')
    git('add', '.')
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'x')
    const body = (source: CassetteSource): string => {
      const [name = ''] = source.cassettes
      const [entry] = source.open(name).entries
      const chunks = entry && fromInteraction(entry.read()).response?.chunks
      return Buffer.concat((chunks ?? []).map(({ data }) => data)).toString()
    }
    assert.equal(body(cassetteFolder(bench.path('.'))), LARGE)
    assert.equal(body(cassetteFile(bench.path(), 'tape.yaml')), LARGE)
    rmSync(bench.path('tape.yaml.d'), { recursive: true })
    assert.equal(body(gitRevision('HEAD', bench.path('.'))), LARGE)
    assert.throws(() => body(cassetteFile(bench.path(), 'tape.yaml')), CassetteFormatError)
  })

  it('is beside the file if the cassette is a link', async () => {
    mkdirSync(bench.path('real'))
    symlinkSync(join('real', 'other.yaml'), bench.path())
    await record(() => text('/text'))
    assert.deepEqual(readdirSync(bench.path('real')).toSorted(), ['other.yaml', 'other.yaml.d'])
    assert.equal(await replay(() => text('/text')), LARGE)
  })

  it('survives a run that was killed', async () => {
    const program = `
      const { withCassette } = await import(${JSON.stringify(new URL('../../../src/index.ts', import.meta.url).href)})
      await withCassette(${JSON.stringify(bench.path())}, { mode: 'once', maxBodySize: 1000 }, async () => {
        await (await fetch(${JSON.stringify(bench.url('/text'))})).text()
        process.kill(process.pid, 'SIGKILL')
        await new Promise(() => {})
      })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
    assert.deepEqual(readdirSync(bench.path('.')).toSorted(), ['tape.yaml.d', 'tape.yaml.recording'])
    assert.equal(await replay(() => text('/text')), LARGE)
    await record(() => text('/small'), 'new_episodes')
    assert.equal(await replay(() => text('/text')), LARGE)
  })

  it('has a limit that is a number of bytes', async () => {
    for (const maxBodySize of [-1, 1.5, NaN, Infinity, '64MB' as never]) {
      await assert.rejects(
        withCassette(bench.path(), { maxBodySize }, () => text('/small')),
        CassetteOptionError,
      )
    }
  })
})
