import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { diff } from '../../../src/cli/commands/diff.ts'
import { migrate } from '../../../src/cli/commands/migrate.ts'
import { report } from '../../../src/cli/commands/report.ts'
import { withCassette } from '../../../src/index.ts'
import type { MigrationReport } from '../../../src/migration/report.ts'
import { JUDGE_PROMPT } from '../../../src/migration/comparing/judge.ts'
import { type Asked, chatCassette } from '../../helpers/cassette-texts.ts'
import { cli, type CliEnded, runHere } from '../../helpers/cli.ts'
import { type ModelServer, type Says, startModel } from '../../helpers/model-server.ts'
import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const PARIS = { question: 'The capital of France?', answer: 'Paris.' }
const WEATHER = { question: 'The weather?', answer: 'Oslo', tool: 'get_weather' }
const KEY = 'sk-ant-api03-Zq8vN2mLx4Rt7Wy1Kb5Dc9Fg3Hj6Ps0Au'

interface Done {
  readonly asked: number
  readonly kept: number
  readonly left: number
  readonly skipped: readonly { readonly reason: string }[]
  readonly failed: readonly { readonly reason: string }[]
  readonly spent: { readonly input: number; readonly output: number }
}

describe('cassette migrate', () => {
  const environment = { ...process.env }
  let folder: ReturnType<typeof tempFolder>
  let model: ModelServer | undefined
  beforeEach(() => {
    folder = tempFolder()
    for (const name of Object.keys(process.env))
      if (/^CI$|_API_KEY$|_BASE_URL$|^CASSETTE_/.test(name)) delete process.env[name]
    process.env['ANTHROPIC_API_KEY'] = KEY
  })
  afterEach(async () => {
    await model?.close()
    model = undefined
    folder.remove()
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
  })

  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true })
    writeFileSync(join(folder.path, name), text)
  }
  const corpus = (...asked: readonly Asked[]): void => write('tapes/a.yaml', chatCassette(asked))
  const serve = async (says: Parameters<typeof startModel>[0]): Promise<void> => {
    model = await startModel(says)
  }
  const ask = (...args: readonly string[]): Promise<CliEnded> =>
    runHere(folder.path, migrate, [
      '--corpus', 'tapes', '--target', 'claude-x', '--base-url', model?.url ?? 'http://127.0.0.1:9', ...args,
    ]) // prettier-ignore
  const done = async (...args: readonly string[]): Promise<Done & { code: number | null }> => {
    const { code, stdout, stderr } = await ask('--json', ...args)
    assert.equal(stderr, '')
    return { code, ...(JSON.parse(stdout) as Done) }
  }
  const told = async (...args: readonly string[]): Promise<MigrationReport> =>
    JSON.parse(
      (await runHere(folder.path, report, ['--corpus', 'tapes', '--target', 'claude-x', '--json', ...args]))
        .stdout,
    ) as MigrationReport
  const files = (): string[] =>
    readdirSync(join(folder.path, 'tapes-migrated/claude-x')).filter((name) => name.endsWith('.yaml'))
  const kept = (): string =>
    files()
      .map((name) => readFileSync(join(folder.path, 'tapes-migrated/claude-x', name), 'utf8'))
      .join('\n')

  it('records with one model, asks the other, and tells which answers broke', async () => {
    const first = await startModel(({ question }): Says =>
      question.includes('weather')
        ? { call: 'get_weather', arguments: { city: 'Oslo' } }
        : { text: 'Paris.' },
    )
    const tools = [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ]
    const post = async (body: object): Promise<void> => {
      const response = await fetch(`${first.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-5', ...body }),
      })
      await response.json()
    }
    await withCassette(join(folder.path, 'tapes/a.yaml'), async () => {
      await post({ messages: [{ role: 'user', content: PARIS.question }] })
      await post({ messages: [{ role: 'user', content: 'The weather in Oslo?' }], tools })
      await post({ messages: [{ role: 'user', content: 'The weather in Rome?' }], tools })
      // Repeated: the same prompt is asked once.
      await post({ messages: [{ role: 'user', content: PARIS.question }] })
    })
    await first.close()

    await serve(({ question }): Says =>
      question.includes('Rome')
        ? { text: 'I cannot look that up.' }
        : question.includes('weather')
          ? { call: 'get_weather', arguments: { city: 'Oslo' } }
          : { text: 'It is Paris.' },
    )
    const { code, asked, spent } = await done()
    assert.deepEqual([code, asked, spent.output], [0, 3, 21])
    assert.equal(model?.asked[0]?.path, '/v1/messages')
    assert.deepEqual(
      model?.asked.map(({ body }) => body['model']),
      ['claude-x', 'claude-x', 'claude-x'],
    )
    const { all, counts, rows, verdict } = await told()
    assert.deepEqual([verdict, counts.passed, counts.failed], ['NO-GO', 2, 1])
    assert.equal(all.target.outputTokens, 21)
    const broken = rows.find(({ outcome }) => outcome === 'failed')
    assert.deepEqual([...new Set(broken?.changes.map(({ axis }) => axis))].toSorted(), [
      'finish',
      'text',
      'tools',
    ])
    assert.equal(
      rows.find(({ scores }) => scores.exact === false && scores.structure === 'benign')?.outcome,
      'passed',
    )

    // What is kept are cassettes: the other commands read them too.
    const compared = await runHere(folder.path, diff, ['tapes', 'tapes-migrated/claude-x'])
    assert.match(compared.stdout, /^regression: 1 identical, 1 reworded, 1 regressed/)
    assert.match(kept(), /lineage:\n {4}cassette: a\.yaml/)
    assert.ok(!kept().includes(KEY))
  })

  it('asks only what is new, and what failed before', async () => {
    corpus(PARIS, WEATHER)
    let isDown = true
    await serve(({ question }): Says =>
      question === WEATHER.question && isDown ? { status: 400 } : { text: 'Paris.' },
    )
    const before = await done()
    assert.deepEqual([before.code, before.asked, before.failed.length], [3, 1, 1])
    assert.match(before.failed[0]?.reason ?? '', /^400 made_up no$/)
    assert.equal(files().length, 1)
    assert.equal((await told()).counts['not asked'], 1)
    isDown = false
    const after = await done()
    assert.deepEqual([after.code, after.asked, after.kept], [0, 1, 1])
    assert.equal((await done()).kept, 2)
    assert.equal(model?.asked.length, 3)
    // Nothing is asked, so no key is needed.
    delete process.env['ANTHROPIC_API_KEY']
    assert.equal((await done()).kept, 2)
    corpus(PARIS, WEATHER, { question: 'And Rome?', answer: 'Italy.' })
    assert.equal((await ask()).code, 3)
  })

  it('tries again as the server asks, and gives up after the retries', async () => {
    corpus(PARIS)
    await serve((_, count): Says =>
      count < 3 ? { status: count === 1 ? 429 : 529, headers: { 'retry-after': '0' } } : { text: 'Paris.' },
    )
    assert.equal((await done()).asked, 1)
    assert.equal(model?.asked.length, 3)
    await model?.close()
    corpus({ question: 'Another?', answer: 'Yes.' })
    await serve((): Says => ({ status: 503, headers: { 'retry-after': '0' } }))
    const { code, failed } = await done('--retries', '2')
    assert.deepEqual([code, failed.length, model?.asked.length], [3, 1, 3])
  })

  it('sends eight requests at once, or as many as it is told', async () => {
    corpus(...Array.from({ length: 20 }, (_, at) => ({ question: `Question ${at}?`, answer: 'Yes.' })))
    const waiting: (() => void)[] = []
    let needed = 8
    await serve(async (): Promise<Says> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      if (waiting.length >= needed) for (const go of waiting.splice(0)) go()
      // The last ones are fewer.
      if ((model?.asked.length ?? 0) > 16) for (const go of waiting.splice(0)) go()
      await promise
      return { text: 'Yes.' }
    })
    assert.equal((await done()).asked, 20)
    assert.equal(model?.most, 8)
    await model?.close()
    needed = 1
    await serve((): Says => ({ text: 'Yes.' }))
    assert.equal((await done('--concurrency', '1', '--out', 'other')).asked, 20)
    assert.equal(model?.most, 1)
  })

  it('stops at the budget, and goes on from there', async () => {
    corpus(...Array.from({ length: 10 }, (_, at) => ({ question: `Question ${at}?`, answer: 'Yes.' })))
    await serve((): Says => ({ text: 'Yes.' }))
    const { code, asked, left } = await done('--budget-tokens', '560', '--concurrency', '1')
    assert.equal(code, 3)
    assert.ok(asked > 0 && asked < 10, String(asked))
    assert.equal(asked + left, 10)
    assert.equal(model?.asked.length, asked)
    assert.equal((await done()).asked, 10 - asked)
    const unpriced = await ask('--budget-dollars', '1')
    assert.deepEqual([unpriced.code, /claude-x has no price/.test(unpriced.stderr)], [2, true])
  })

  it('keeps what a judge and embeddings say, and asks them once', async () => {
    corpus(PARIS, { ...PARIS, question: 'Again, the capital?' })
    process.env['OPENAI_API_KEY'] = 'k'
    const vectors = {
      object: 'list',
      data: [
        [1, 0],
        [1, 0.1],
      ].map((embedding, index) => ({ index, embedding })),
      usage: { prompt_tokens: 3 },
    }
    const judge = await startModel(({ body, path, question }): Says => {
      if (path === '/v1/embeddings') return { status: 200, body: vectors }
      assert.equal(body['model'], 'gpt-5')
      return {
        text: question.includes('Again')
          ? 'Sure!\n{"reason": "It says more.", "verdict": "worse"}'
          : '{"verdict":"same","reason":"The same."}',
      }
    })
    try {
      await serve((): Says => ({ text: 'It is Paris.' }))
      const args = ['--compare', 'structure,judge,embedding', '--judge', 'gpt-5', '--judge-base-url', judge.url, '--embedding', 'text-embedding-3-small', '--embedding-base-url', judge.url] // prettier-ignore
      assert.equal((await done(...args)).code, 0)
      assert.equal(judge.asked.length, 4)
      assert.match(
        judge.asked.find(({ path }) => path.endsWith('completions'))?.question ?? '',
        /answer A\nParis\.\n/,
      )
      const { counts, rows } = await told('--compare', 'structure,judge,embedding')
      assert.deepEqual([counts.passed, counts.failed], [1, 1])
      assert.ok((rows[0]?.scores.embedding ?? 0) > 0.99)
      assert.equal(rows.find(({ outcome }) => outcome === 'failed')?.scores.judge?.reason, 'It says more.')
      await done(...args)
      assert.deepEqual([judge.asked.length, model?.asked.length], [4, 2])
    } finally {
      await judge.close()
    }
  })

  it('tells the judge what docs/migration.md shows', () => {
    const page = readFileSync(fromRoot('docs/migration.md'), 'utf8')
    assert.equal(/<!-- the judge -->\n```\n([^]*?)\n```/.exec(page)?.[1], JUDGE_PROMPT)
  })

  it('does not take nonsense of a judge for a judgement', async () => {
    corpus(PARIS)
    await serve((_, count): Says => ({
      text:
        count === 2 ? 'Bananas are yellow.' : count === 1 ? 'It is Paris.' : '{"verdict":"same","reason":""}',
    }))
    const { code, failed } = await done('--compare', 'judge')
    assert.equal(code, 3)
    assert.match(failed[0]?.reason ?? '', /claude-x gave no judgement, but "Bananas are yellow\."/)
    const { counts } = await told('--compare', 'judge')
    assert.equal(counts['not measured'], 1)
    const ended = await runHere(folder.path, report, [
      '--corpus',
      'tapes',
      '--target',
      'claude-x',
      '--compare',
      'judge',
    ])
    assert.deepEqual([ended.code, ended.stdout.startsWith('not measured: ')], [3, true])
    // Only the judge is asked again.
    assert.equal((await done('--compare', 'judge')).code, 0)
    assert.equal(model?.asked.length, 3)
  })

  it('says which variable needs a key, and whom a refused key belongs to', async () => {
    corpus(PARIS)
    await serve((): Says => ({
      status: 401,
      body: { error: { type: 'authentication_error', message: 'bad key' } },
    }))
    const refused = await ask()
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /anthropic refused the request: 401 .*ANTHROPIC_API_KEY/)
    delete process.env['ANTHROPIC_API_KEY']
    const none = await ask()
    assert.equal(none.code, 3)
    assert.match(none.stderr, /set the environment variable ANTHROPIC_API_KEY/)
    assert.equal(model?.asked.length, 1)
  })

  it('skips what has no good answer, and what the target cannot say, with the reason', async () => {
    write(
      'tapes/cut.yaml',
      chatCassette([PARIS]).replace('    response:', '    incomplete: true\n    response:'),
    )
    write('tapes/no.yaml', 'version: 1\ninteractions: 5\n')
    // A stream that ends in the middle.
    const stream = chatCassette([{ ...PARIS, question: 'A stream?' }]).replace(
      /(response:[^]*?body: )\{.*\}\n/,
      '$1{sse: [{data: {json: {choices: [{index: 0, delta: {content: Par}}]}}}]}\n',
    )
    write('tapes/stream.yaml', stream)
    write(
      'tapes/sound.yaml',
      chatCassette([{ ...PARIS, question: 'JSON?' }]).replace('"messages"', '"n":2,"messages"'),
    )
    await serve((): Says => ({ text: 'Paris.' }))
    const { code, skipped } = await done()
    assert.equal(code, 3)
    assert.deepEqual(skipped.map(({ reason }) => reason).toSorted(), [
      'it asks for 2 answers, and Anthropic gives one',
      'the recorded answer is cut off',
      'the recorded answer is cut off',
    ])
    assert.equal((await told()).problems.length, 1)
    const only = await runHere(folder.path, migrate, ['--corpus', 'tapes/cut.yaml', '--target', 'claude-x'])
    assert.deepEqual([only.code, only.stdout.startsWith('not measured: ')], [3, true])
    // A good recording of the same prompt takes the place of the bad one.
    corpus(PARIS)
    assert.equal((await done()).asked, 1)
  })

  it('is not recorded and not stopped by a cassette around it', async () => {
    corpus(PARIS)
    await serve((): Says => ({ text: 'Paris.' }))
    const url = (model?.url ?? '').replace('127.0.0.1', 'localhost')
    const preload = pathToFileURL(fromRoot('src/integrations/register.ts')).href
    const { code, stderr, stdout } = await cli(
      folder.path,
      ['migrate', '--corpus', 'tapes', '--target', 'claude-x', '--base-url', url],
      {
        NODE_OPTIONS: `--import ${preload}`,
        CASSETTE_MODE: 'none',
        CASSETTE_PATH: join(folder.path, 'around.yaml'),
      },
    )
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^GO: 1 of 1 rows passed with claude-x/)
    assert.equal(model?.asked.length, 1)
  })
})
