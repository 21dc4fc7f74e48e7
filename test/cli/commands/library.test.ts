import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { clear } from '../../../src/cli/commands/clear.ts'
import { deleteCommand } from '../../../src/cli/commands/delete.ts'
import { list } from '../../../src/cli/commands/list.ts'
import { show } from '../../../src/cli/commands/show.ts'
import { stats } from '../../../src/cli/commands/stats.ts'
import type { Statistics } from '../../../src/library/statistics.ts'
import { sampleFile } from '../../cassette/samples.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { type CliEnded, cli, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const PARIS = { question: 'The capital of France?', answer: 'Paris.', id: 'aa11' }
const ROME = { question: 'The capital of Italy?', answer: 'Rome.', id: 'aa22', model: 'claude-haiku-4-5' }
const WEATHER = { question: 'The weather?', answer: 'Oslo', tool: 'get_weather', id: 'bb33' }

describe('the commands that look after cassettes', () => {
  let folder: ReturnType<typeof tempFolder>
  beforeEach(() => {
    folder = tempFolder()
    write('cassettes/one.yaml', chatCassette([PARIS, ROME, WEATHER]))
    write('cassettes/deep/two.yaml', sampleFile('one'))
  })
  afterEach(() => folder.remove())

  const write = (name: string, text: string): void => {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8')
  const run = (command: Parameters<typeof runHere>[1], ...args: string[]): Promise<CliEnded> =>
    runHere(folder.path, command, args)

  describe('list', () => {
    it('has a line for each cassette of the default folder, of a file, of a folder and of a pattern', async () => {
      const all = await run(list)
      assert.equal(all.code, 0)
      assert.match(all.stdout, /^cassettes\/deep\/two\.yaml +1 +[\d.]+ K?B +\S.* +gpt-5-mini$/m)
      assert.match(all.stdout, /^cassettes\/one\.yaml +3 .* gpt-5, claude-haiku-4-5$/m)
      assert.match(all.stdout, /^2 cassettes, 4 interactions$/m)
      for (const names of [['cassettes'], ['cassettes/**/*.yaml'], ['cassettes/one.yaml', 'cassettes/deep']])
        assert.match((await run(list, ...names)).stdout, /^2 cassettes, 4 interactions$/m, String(names))
    })

    it('marks what is stale, incomplete, or holds errors', async () => {
      write(
        'cassettes/one.yaml',
        `${chatCassette([PARIS]).replace('status: 200', 'status: 500')}incomplete: true\n`,
      )
      assert.match((await run(list, '--max-age', '0')).stdout, /one\.yaml .*incomplete, stale, has errors$/m)
      assert.doesNotMatch((await run(list, '--max-age', '99999')).stdout, /stale/)
      assert.equal((await run(list, '--max-age', 'old')).code, 2)
    })

    it('names a file that is no cassette, goes on with the others, and ends with 3', async () => {
      write('cassettes/broken.yaml', 'version: 1\ninteractions:\n  - word\n')
      const ended = await cli(folder.path, ['list'])
      assert.equal(ended.code, 3)
      assert.match(ended.stdout, /^2 cassettes, 4 interactions$/m)
      assert.match(ended.stderr, /broken\.yaml:3:5: expected an interaction/)
    })

    it('refuses a name that stands for nothing', async () => {
      const ended = await run(list, 'nowhere/*.yaml')
      assert.equal(ended.code, 3)
      assert.match(ended.stderr, /"nowhere\/\*\.yaml" does not exist, and as a pattern it matches no file/)
    })
  })

  describe('show', () => {
    it('prints roles, text and calls of tools as trees', async () => {
      const { code, stdout } = await run(show, 'cassettes/one.yaml')
      assert.equal(code, 0)
      assert.match(stdout, /^user\n {2}The capital of France\?\nassistant\n {2}Paris\.\n/m)
      assert.match(stdout, /^assistant\n {2}→ get_weather\n {4}└─ city: "Oslo"\n/m)
    })

    it('joins the text of a stream', async () => {
      const { stdout } = await run(show, 'cassettes/deep/two.yaml')
      assert.match(stdout, /^gpt-5-mini · 200 · streamed/m)
      assert.equal(stdout.match(/^assistant/gm)?.length, 1)
    })

    it('takes the beginning of an id, and lists the candidates if it fits none or several', async () => {
      assert.match((await run(show, 'cassettes/one.yaml', 'bb')).stdout, /The weather\?/)
      const several = await run(show, 'cassettes/one.yaml', 'aa')
      assert.equal(several.code, 2)
      assert.match(several.stderr, /2 interactions have an id that begins with "aa":\n {2}aa11 .*\n {2}aa22 /)
      const none = await run(show, 'cassettes/one.yaml', 'ff')
      assert.equal(none.code, 2)
      assert.match(none.stderr, /no interaction .*"ff":\n {2}aa11/)
    })

    it('prints a page with --html', async () => {
      const { code, stdout } = await run(show, 'cassettes/one.yaml', '--html')
      assert.equal(code, 0)
      assert.match(stdout, /^<!doctype html>[^]*<title>cassettes\/one\.yaml: \d+ interactions<\/title>/)
      const data = /<script type="application\/json" id="data">(.*)<\/script>/.exec(stdout)?.[1] ?? ''
      const { rows } = JSON.parse(data) as { rows: { turns: { role: string; text: string }[] }[] }
      assert.deepEqual(
        rows[0]?.turns.map(({ role, text }) => [role, text]),
        [
          ['user', 'The capital of France?'],
          ['assistant', 'Paris.'],
        ],
      )
    })

    it('shows control characters of an answer as text', async () => {
      write('cassettes/one.yaml', chatCassette([{ ...PARIS, answer: 'red \u001b[31m\u202e' }]))
      const { stdout } = await run(show, 'cassettes/one.yaml')
      assert.match(stdout, /red \\u001b\[31m\\u202e/)
      assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'))
    })

    it('prints the bytes of one response with --raw', async () => {
      const ended = await cli(folder.path, ['show', 'cassettes/one.yaml', 'aa11', '--raw'])
      assert.equal(ended.code, 0)
      assert.equal((JSON.parse(ended.stdout) as { choices: unknown[] }).choices.length, 1)
      const several = await run(show, 'cassettes/one.yaml', '--raw')
      assert.match(several.stderr, /name its id \(the file has 3\)/)
    })
  })

  describe('stats', () => {
    const answer = (model: string, input: number, output: number): string =>
      chatCassette([{ ...PARIS, model }]).replace(
        '"choices"',
        `"usage":{"prompt_tokens":${input},"completion_tokens":${output}},"choices"`,
      )
    const counts = async (...args: string[]): Promise<Statistics> =>
      JSON.parse((await run(stats, ...args, '--json')).stdout) as Statistics

    it('counts by model and API, and says what a replay saves', async () => {
      write('cassettes/one.yaml', answer('gpt-4o-mini-2024-07-18', 1_000_000, 2_000_000))
      write('cassettes/deep/two.yaml', answer('made-up', 10, 20))
      const found = await counts()
      assert.deepEqual(
        [found.cassettes, found.interactions, found.models.map(({ name }) => name), found.apis],
        [
          2,
          2,
          ['gpt-4o-mini-2024-07-18', 'made-up'],
          [{ name: 'openai-chat', interactions: 2, tokens: { input: 1_000_010, output: 2_000_020 } }],
        ],
      )
      assert.ok(Math.abs(found.saving.dollars - 1.35) < 1e-9, String(found.saving.dollars))
      assert.equal(found.saving.unpriced, 1)
      assert.match((await run(stats)).stdout, /^ {2}\$1\.35 by the list prices of \d{4}-\d\d-\d\d$/m)
    })

    it('takes other prices, and refuses a file that is no price list', async () => {
      write('cassettes/one.yaml', answer('made-up-2', 1_000_000, 0))
      write('prices.json', '{"date": "2026-01-01", "models": {"made-up": {"input": 3, "output": 4}}}')
      assert.equal((await counts('cassettes/one.yaml', '--prices', 'prices.json')).saving.dollars, 3)
      write('prices.json', '{"date": "2026-01-01", "models": {"made-up": {"input": "3"}}}')
      const ended = await run(stats, '--prices', 'prices.json')
      assert.equal(ended.code, 2)
      assert.match(ended.stderr, /prices\.json: expected models\.made-up to be/)
    })
  })

  describe('delete and clear', () => {
    it('remove the interactions that are named, and leave every other byte', async () => {
      const before = read('cassettes/one.yaml')
      assert.match(
        (await run(deleteCommand, 'cassettes/one.yaml', 'bb', '--dry-run')).stdout,
        /would be removed/,
      )
      assert.equal(read('cassettes/one.yaml'), before)
      const ended = await run(deleteCommand, 'cassettes/one.yaml', 'bb', 'aa11')
      assert.match(ended.stdout, /2 interactions removed\n {2}bb33 .*\n {2}aa11 /)
      const [first = '', item = ''] = before.split('  - id: aa11')
      assert.equal(
        read('cassettes/one.yaml'),
        `${first}  - id: aa22${item.split('  - id: aa22')[1]?.split('  - id: bb33')[0]}`,
      )
    })

    it('remove nothing if one of the names is wrong', async () => {
      const before = read('cassettes/one.yaml')
      assert.equal((await run(deleteCommand, 'cassettes/one.yaml', 'bb', 'zz')).code, 2)
      assert.equal(read('cassettes/one.yaml'), before)
      assert.equal((await run(deleteCommand, 'cassettes/none.yaml', 'bb')).code, 3)
    })

    it('clear a file only with --yes, all of it or by match key', async () => {
      const asked = await run(clear, 'cassettes/deep/two.yaml')
      assert.equal(asked.code, 1)
      assert.match(asked.stdout, /1 interaction would be removed[^]*--yes/)
      assert.equal((await run(clear, 'cassettes/deep/two.yaml', '--key', '0000', '--yes')).code, 0)
      assert.match(read('cassettes/deep/two.yaml'), /- id/)
      const key = /key: ([\da-f]{4})/.exec(read('cassettes/deep/two.yaml'))?.[1] ?? ''
      assert.equal((await run(clear, 'cassettes/deep/two.yaml', '--key', key, '--yes')).code, 0)
      assert.doesNotMatch(read('cassettes/deep/two.yaml'), /- id/)
      assert.equal((await run(clear, 'cassettes/one.yaml', '--key', 'x')).code, 2)
    })
  })
})
