import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { annotate } from '../../../src/cli/commands/annotate.ts'
import { lint } from '../../../src/cli/commands/lint.ts'
import { report } from '../../../src/cli/commands/report.ts'
import { withCassette } from '../../../src/index.ts'
import type { MigrationReport } from '../../../src/migration/report.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'

const PARIS = { question: 'The capital of France?', answer: 'Paris.' }

describe('cassette annotate', () => {
  const bench = testBench((_, response) => void response.end('{}'))
  const write = (name: string, text: string): void => {
    mkdirSync(bench.path('tapes'), { recursive: true })
    writeFileSync(bench.path(`tapes/${name}`), text)
  }
  const run = (...args: string[]): Promise<CliEnded> => runHere(bench.path('.'), annotate, args)

  it('fills in keys, a summary and a category, and changes nothing the second time', async () => {
    write('a.yaml', `# ours\n${chatCassette([PARIS, { ...PARIS, question: 'And of Italy?' }])}`)
    const dry = await run('tapes', '--category', 'facts', '--dry-run')
    assert.equal(dry.stdout, 'tapes/a.yaml would get 2 keys, category, summary\n')
    assert.ok(!bench.read('tapes/a.yaml')?.includes('summary'))
    const first = await run('tapes', '--category', 'facts', '--metadata', '{"owner": "web"}')
    assert.equal(first.stdout, 'tapes/a.yaml got 2 keys, owner, category, summary\n')
    const text = bench.read('tapes/a.yaml') ?? ''
    assert.match(text, /^# ours\nversion: 1\nmetadata:/)
    assert.match(text, /category: facts/)
    assert.match(
      text,
      /summary: '?2 interactions with gpt-5 \(openai-chat\)\. The first: "The capital of France\?" → "Paris\."/,
    )
    assert.equal((await runHere(bench.path('.'), lint, ['tapes'])).stdout, '1 cassette: nothing found\n')
    assert.equal((await run('tapes', '--category', 'facts')).stdout, 'nothing to add\n')
    assert.equal(bench.read('tapes/a.yaml'), text)
  })

  it('refuses metadata that is not a JSON object', async () => {
    write('a.yaml', chatCassette([PARIS]))
    const { code, stderr } = await run('tapes', '--metadata', '[1]')
    assert.deepEqual([code, /--metadata needs a JSON object/.test(stderr)], [2, true])
  })

  it('groups the rows of a report, as the option metadata does', async () => {
    write('a.yaml', chatCassette([PARIS]))
    await run('tapes', '--category', 'facts')
    const metadata = { category: 'chats', tags: ['x'] }
    const ask = async (content: string): Promise<void> => {
      const body = JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content }] })
      const headers = { 'content-type': 'application/json' }
      await (await fetch(bench.url('/v1/chat/completions'), { method: 'POST', body, headers })).text()
    }
    const path = join(bench.path('tapes'), 'b.yaml')
    await withCassette(path, { metadata }, () => ask('Hello'))
    assert.match(
      readFileSync(path, 'utf8'),
      /^version: 1\nmetadata: \{category: chats, tags: \[x\]\}\ninteractions:/,
    )
    // A later run adds to it, and a replay writes nothing.
    await withCassette(path, { metadata: { owner: 'web' }, mode: 'new_episodes' }, () => ask('More'))
    assert.match(readFileSync(path, 'utf8'), /metadata: \{category: chats, tags: \[x\], owner: web\}/)
    const text = readFileSync(path, 'utf8')
    await withCassette(path, { metadata: { owner: 'api' } }, () => ask('More'))
    assert.equal(readFileSync(path, 'utf8'), text)
    const { stdout } = await runHere(bench.path('.'), report, [
      '--corpus',
      'tapes',
      '--target',
      'gpt-6',
      '--json',
    ])
    const { categories, rows } = JSON.parse(stdout) as MigrationReport
    assert.deepEqual(
      categories.map(({ name }) => name),
      ['chats', 'facts'],
    )
    assert.deepEqual(new Set(rows.map(({ outcome }) => outcome)), new Set(['not asked', 'skipped']))
  })

  it('refuses an option metadata that JSON cannot hold', async () => {
    for (const metadata of [[1], 'x', { at: new Date() }, { of: undefined }])
      await assert.rejects(
        withCassette(bench.path('c.yaml'), { metadata: metadata as Record<string, unknown> }, () => {}),
        {
          code: 'CASSETTE_OPTION',
          message: /metadata/,
        },
      )
  })
})
