import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { diff as command } from '../../../src/cli/commands/diff.ts'
import type { GateReport } from '../../../src/gate/report.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { cli, type CliEnded, runHere } from '../../helpers/cli.ts'
import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const PARIS = { question: 'The capital of France?', answer: 'Paris.' }
const ROME = { question: 'The capital of Italy?', answer: 'Rome.' }
const WEATHER = { question: 'The weather?', answer: 'Paris', tool: 'get_weather' }

describe('cassette diff', () => {
  let folder: ReturnType<typeof tempFolder>
  beforeEach(() => {
    folder = tempFolder()
  })
  afterEach(() => folder.remove())

  const write = (name: string, text: string): void => {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const diff = (...args: string[]): Promise<CliEnded> => runHere(folder.path, command, args)
  const report = async (...args: string[]): Promise<GateReport> =>
    JSON.parse((await diff(...args, '--json')).stdout) as GateReport

  it('says the verdict in the first line, and then what changed by axis', async () => {
    write('a.yaml', chatCassette([PARIS, ROME, WEATHER]))
    write('b.yaml', chatCassette([PARIS, { ...ROME, answer: 'It is Rome.' }, WEATHER]))
    write('c.yaml', chatCassette([PARIS, { ...ROME, finish: 'length' }, { ...WEATHER, answer: 'Oslo' }]))
    assert.deepEqual(await diff('a.yaml', 'a.yaml').then(({ code, stdout }) => [code, stdout]), [
      0,
      'identical: 3 identical\n',
    ])
    const benign = await diff('a.yaml', 'b.yaml')
    assert.equal(benign.code, 0)
    assert.match(benign.stdout, /^benign: 2 identical, 1 reworded\n/)
    const worse = await diff('a.yaml', 'c.yaml')
    assert.equal(worse.code, 1)
    assert.match(worse.stdout, /^regression: 1 identical, 2 regressed\n/)
    assert.match(
      worse.stdout,
      / {2}tools\n {4}regression choices\[0\]\.tool_calls\[get_weather\]\.arguments\.city\n {6}base {2}"Paris"\n/,
    )
    assert.match(worse.stdout, / {2}finish\n/)
  })

  it('prints what docs/drift.md shows', async () => {
    const oslo = { ...WEATHER, answer: 'Oslo', id: 'dddddddddddddddd' }
    write('before/a.yaml', chatCassette([PARIS, oslo]))
    write(
      'after/a.yaml',
      chatCassette([
        { ...PARIS, answer: 'It is Paris.' },
        { ...oslo, answer: 'Bergen' },
      ]),
    )
    const page = readFileSync(fromRoot('docs/drift.md'), 'utf8')
    const shown = /<!-- prints: diff -->\n```\n([^]*?)```/.exec(page)?.[1]
    assert.equal((await diff('before', 'after')).stdout, shown)
  })

  it('names the line of the interaction in the new file', async () => {
    write('a.yaml', chatCassette([PARIS, ROME]))
    write('b.yaml', chatCassette([PARIS, { ...ROME, finish: 'length' }]))
    const text = chatCassette([PARIS, ROME]).split('\n')
    const { rows } = await report('a.yaml', 'b.yaml')
    const line = rows.find(({ verdict }) => verdict === 'regression')?.line ?? 0
    assert.match(text[line - 1] ?? '', /- id: aaaaaaaaaaaaaaa1/)
  })

  it('pairs what another model was asked by the semantic key', async () => {
    write('a.yaml', chatCassette([PARIS, ROME]))
    write(
      'b.yaml',
      chatCassette([
        { ...ROME, model: 'gpt-6' },
        { ...PARIS, model: 'gpt-6' },
      ]),
    )
    assert.match((await diff('a.yaml', 'b.yaml')).stdout, /^identical: 2 identical\n/)
  })

  it('pairs the answers of different APIs, each read as its own', async () => {
    write('a.yaml', chatCassette([PARIS]))
    const anthropic = chatCassette([PARIS])
      .replace('https://api.openai.com/v1/chat/completions', 'https://api.anthropic.com/v1/messages')
      .replace(
        /body: \{json: \{"choices.*/,
        'body: {json: {type: message, content: [{type: text, text: Paris.}], stop_reason: end_turn}}',
      )
    write('b.yaml', anthropic)
    const { stdout } = await diff('a.yaml', 'b.yaml')
    assert.match(stdout, /^identical: 1 identical\n/)
  })

  it('pairs repeated requests in their order', async () => {
    const repeats = (...answers: string[]): string =>
      chatCassette(
        answers.map((answer, at) => ({
          ...PARIS,
          answer,
          id: `bbbbbbbbbbbbbbbb${at === 0 ? '' : `-${at + 1}`}`,
        })),
      )
    write('a.yaml', repeats('one', 'two'))
    write('b.yaml', repeats('one', 'two'))
    assert.match((await diff('a.yaml', 'b.yaml')).stdout, /^identical: 2 identical\n/)
    write('b.yaml', repeats('one'))
    const { code, stdout } = await diff('a.yaml', 'b.yaml')
    assert.equal(code, 3)
    assert.match(stdout, /only in the base/)
  })

  it('never takes what it could not compare for passed', async () => {
    write('a.yaml', chatCassette([PARIS, ROME]))
    write('b.yaml', chatCassette([PARIS]))
    for (const [a, b, side] of [
      ['a.yaml', 'b.yaml', 'base'],
      ['b.yaml', 'a.yaml', 'head'],
    ] as const) {
      const { code, stdout } = await diff(a, b)
      assert.equal(code, 3)
      assert.match(stdout, /^not measured: 1 identical, 1 not compared\n/)
      assert.match(stdout, new RegExp(`only in the ${side}`))
    }
    assert.equal((await diff('a.yaml', 'b.yaml', '--fail-on', 'missing')).code, 1)
    assert.equal((await diff('b.yaml', 'a.yaml', '--allow-new')).code, 0)
  })

  it('fails on reworded answers if asked to', async () => {
    write('a.yaml', chatCassette([PARIS]))
    write('b.yaml', chatCassette([{ ...PARIS, answer: 'It is Paris.' }]))
    assert.equal((await diff('a.yaml', 'b.yaml', '--fail-on', 'benign,missing')).code, 1)
  })

  it('compares folders file by file, finds renamed files, and skips YAML that is no cassette', async () => {
    write('a/one.yaml', chatCassette([PARIS]))
    write('a/deep/two.yaml', chatCassette([ROME]))
    write('b/one.yaml', chatCassette([PARIS]))
    write('b/deep/renamed.yml', chatCassette([ROME]))
    write('b/compose.yaml', 'version: "3"\nservices: {}\n')
    write('b/node_modules/x.yaml', chatCassette([WEATHER]))
    symlinkSync('..', join(folder.path, 'b/deep/loop'))
    const { code, stdout } = await diff('a', 'b')
    assert.deepEqual([code, stdout], [0, 'identical: 2 identical\n'])
  })

  it('tells a file it cannot read, by its side, and goes on with the others', async () => {
    write('a/one.yaml', chatCassette([PARIS]))
    write('b/one.yaml', chatCassette([PARIS]))
    write('a/two.yaml', chatCassette([ROME]).replace('version: 1', 'version: 2'))
    write('b/two.yaml', 'interactions: [\n')
    const { code, stdout } = await diff('a', 'b')
    assert.equal(code, 3)
    assert.match(stdout, /^not measured: 1 identical, 2 files unreadable\n/)
    assert.match(stdout, /two\.yaml \(base\)\n.*version/)
    assert.match(stdout, /two\.yaml \(head\)\n/)
  })

  it('does not call the interactions of a file that it cannot read missing', async () => {
    write('a/one.yaml', chatCassette([PARIS]))
    write('b/one.yaml', 'interactions: [\n')
    const { rows, problems } = await report('a', 'b')
    assert.deepEqual([rows.length, problems.length], [0, 1])
  })

  it('judges a stream that was cut off, and compares nothing with one that already was', async () => {
    const sse = (end: string): string =>
      chatCassette([PARIS])
        .replace(/(response:[^]*content-type: )application\/json/, '$1text/event-stream')
        .replace(
          /body: \{json: \{"choices.*/,
          `body: {sse: [{data: {json: {choices: [{index: 0, delta: {content: Pa}}]}}}${end}]}`,
        )
    write('whole.yaml', sse(", {data: '[DONE]'}"))
    write('cut.yaml', sse(''))
    assert.equal((await diff('whole.yaml', 'cut.yaml')).code, 1)
    assert.equal((await diff('cut.yaml', 'whole.yaml')).code, 0)
    write('cut-again.yaml', sse('').replace('08:00:00', '09:00:00'))
    assert.equal((await diff('cut.yaml', 'cut.yaml')).code, 0)
    const { code, stdout } = await diff('cut.yaml', 'cut-again.yaml')
    assert.equal(code, 3)
    assert.match(stdout, /both recorded answers are cut off/)
  })

  it('says what is wrong with the command line, with exit code 2', async () => {
    write('a.yaml', chatCassette([PARIS]))
    mkdirSync(join(folder.path, 'b'))
    const wrong: [string[], RegExp][] = [
      [['a.yaml', 'b'], /b is a folder and a\.yaml is not/],
      [['a.yaml', 'a.yaml', '--format', 'pdf'], /unknown format "pdf"; use one of terminal, markdown/],
      [['a.yaml', 'a.yaml', '--fail-on', 'all'], /--fail-on cannot be "all"/],
      [['a.yaml', 'a.yaml', '--runs', 'x'], /--runs needs a number/],
      [['a.yaml'], /Missing required positional argument: B/],
    ]
    for (const [args, message] of wrong) {
      const { code, stderr } = await diff(...args)
      assert.equal(code, 2, stderr)
      assert.match(stderr, message)
    }
    const missing = await diff('a.yaml', 'nowhere.yaml')
    assert.equal(missing.code, 3)
    assert.match(missing.stdout + missing.stderr, /nowhere\.yaml/)
    const empty = await diff('b', 'b')
    assert.equal(empty.code, 3)
    assert.match(empty.stderr, /There are no cassettes in b \(the base\)/)
  })

  it('shows examples with --help', async () => {
    const { code, stdout } = await cli(folder.path, ['diff', '--help'])
    assert.equal(code, 0)
    assert.match(stdout, /EXAMPLES\n\n {2}cassette diff before\.yaml after\.yaml\n/)
  })

  it('tells noise from change by several recordings a side', async () => {
    const recorded = (answers: readonly string[]): string =>
      chatCassette(
        answers.map((answer, at) => ({
          ...WEATHER,
          answer,
          id: `cccccccccccccccc${at === 0 ? '' : `-${at + 1}`}`,
        })),
      )
    write('same.yaml', recorded(['Paris', 'Paris', 'Paris', 'Paris']))
    write('other.yaml', recorded(['Oslo', 'Oslo', 'Oslo', 'Oslo']))
    write('noisy.yaml', recorded(['Paris', 'Oslo', 'Paris', 'Oslo']))
    write('noisy-too.yaml', recorded(['Oslo', 'Paris', 'Oslo', 'Paris']))
    assert.equal((await diff('same.yaml', 'other.yaml', '--runs', '4')).code, 1)
    assert.equal((await diff('same.yaml', 'same.yaml', '--runs', '4')).code, 0)
    const noise = await diff('noisy.yaml', 'noisy-too.yaml', '--runs', '4')
    assert.equal(noise.code, 0, noise.stdout)
    assert.match(noise.stdout, /noise: choices\[0\]\.tool_calls\[get_weather\]\.arguments\.city/)
    assert.match(noise.stdout, /4 recordings a side: a difference counts if chance gives it in less than 5 %/)
    const few = await diff('same.yaml', 'nowhere.yaml', '--runs', '3')
    assert.equal(few.code, 3)
    assert.match(few.stdout, /3 recordings a side cannot tell a change from noise/)
    const short = await diff('same.yaml', 'other.yaml', '--runs', '5')
    assert.equal(short.code, 3)
    assert.match(short.stdout, /5 recordings a side are needed, the base has 4 and the head 4/)
  })
})
