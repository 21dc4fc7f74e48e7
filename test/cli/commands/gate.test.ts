import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { gate as command } from '../../../src/cli/commands/gate.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { cli, type CliEnded, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const PARIS = { question: 'The capital of France?', answer: 'Paris.' }
const WEATHER = { question: 'The weather?', answer: 'Paris', tool: 'get_weather', id: 'dddddddddddddddd' }

describe('cassette gate', () => {
  let folder: ReturnType<typeof tempFolder>
  let repository: string
  beforeEach(() => {
    folder = tempFolder()
    repository = join(folder.path, 'repository')
    mkdirSync(repository)
    git('init', '-q', '-b', 'main')
  })
  afterEach(() => folder.remove())

  function git(...args: readonly string[]): string {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
    return execFileSync('git', [...who, ...args], {
      cwd: repository,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  const write = (name: string, text: string): void => {
    const path = join(repository, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const commit = (): void => {
    git('add', '-A')
    git('commit', '-q', '-m', 'a commit')
  }
  const gate = (...args: string[]): Promise<CliEnded> => runHere(repository, command, args)

  it('compares revisions with each other and with a folder, and checks nothing out', async () => {
    write('test/cassettes/a b/ünï.yaml', chatCassette([PARIS, WEATHER]))
    write('docs/compose.yaml', 'version: "3"\n')
    commit()
    git('checkout', '-q', '-b', 'topic')
    write('test/cassettes/a b/ünï.yaml', chatCassette([{ ...PARIS, answer: 'It is Paris.' }, WEATHER]))
    commit()
    const status = git('status', '--porcelain')
    for (const [base, head] of [
      ['main', 'test/cassettes'],
      ['main', 'topic'],
      ['main:test/cassettes', 'HEAD:test/cassettes/'],
      ['HEAD~1', 'test/cassettes'],
    ] as const) {
      const { code, stdout, stderr } = await gate('--base', base, '--head', head)
      assert.equal(code, 0, stderr)
      assert.match(stdout, /^benign: 1 identical, 1 reworded\n/)
    }
    write('test/cassettes/a b/ünï.yaml', chatCassette([PARIS, { ...WEATHER, answer: 'Oslo' }]))
    const worse = await cli(join(repository, 'test'), ['gate', '--base', 'main', '--head', 'cassettes'])
    assert.equal(worse.code, 1, worse.stderr)
    assert.match(worse.stdout, /^regression: 1 identical, 1 regressed\n/)
    git('checkout', '-q', '--', '.')
    assert.equal(git('status', '--porcelain'), status)
  })

  it('accepts a change with a reason, and shows the next one in the same place', async () => {
    write('cassettes/a.yaml', chatCassette([PARIS, WEATHER]))
    commit()
    const head = (answer: string): void =>
      write('cassettes/a.yaml', chatCassette([PARIS, { ...WEATHER, answer }]))
    const run = (...args: string[]): Promise<CliEnded> =>
      gate('--base', 'main', '--head', 'cassettes', ...args)
    head('Oslo')
    assert.equal((await run()).code, 1)
    const bare = await run('--accept', 'dddd')
    assert.equal(bare.code, 2)
    assert.match(bare.stderr, /--accept needs --reason/)
    const unknown = await run('--accept', 'eeee', '--reason', 'x')
    assert.match(unknown.stderr, /no interaction that changed has this id/)
    assert.equal(existsSync(join(repository, 'cassette-accepted.json')), false)
    const accepted = await run('--accept', 'dddd', '--reason', 'the office moved')
    assert.equal(accepted.code, 0)
    assert.match(accepted.stdout, /^benign: 1 identical, 1 accepted\n/)
    const file = JSON.parse(readFileSync(join(repository, 'cassette-accepted.json'), 'utf8')) as {
      accepted: Record<string, string>[]
    }
    const [entry] = file.accepted
    assert.deepEqual(
      [entry?.['cassette'], entry?.['interaction'], entry?.['path'], entry?.['reason']],
      ['a.yaml', WEATHER.id, 'choices[0].tool_calls[get_weather].arguments.city', 'the office moved'],
    )
    assert.match(entry?.['date'] ?? '', /^\d{4}-\d\d-\d\d$/)
    assert.equal((await run()).code, 0)
    head('Rome')
    assert.equal((await run()).code, 1)
    write('cassette-accepted.json', '{"version": 1, "accepted": [{"cassette": "a.yaml"}]}')
    const broken = await run()
    assert.equal(broken.code, 3)
    assert.match(broken.stderr, /cassette-accepted\.json has no text for accepted\[0\]\.interaction/)
  })

  it('says why a side cannot be read, with exit code 3', async () => {
    write('README.md', 'nothing here')
    commit()
    write('cassettes/a.yaml', chatCassette([PARIS]))
    const wrong: [string, string, RegExp][] = [
      ['nowhere', 'cassettes', /"nowhere" is neither a folder nor a revision of this repository/],
      ['--upload-pack=x', 'cassettes', /neither a folder nor a revision/],
      ['main', 'cassettes', /The revision main has no folder cassettes/],
      ['main', 'main', /There are no cassettes in main \(the base\)/],
      ['main:', 'cassettes', /There are no cassettes in main: \(the base\)/],
    ]
    for (const [base, head, message] of wrong) {
      const { code, stdout, stderr } = await gate(`--base=${base}`, `--head=${head}`)
      assert.equal(code, 3, stdout)
      assert.match(stderr, message)
    }
  })

  it('says it if git is not installed, if the clone is shallow, and if there is no repository', async () => {
    write('cassettes/a.yaml', chatCassette([PARIS]))
    commit()
    git('tag', 'first')
    write('cassettes/a.yaml', chatCassette([PARIS, WEATHER]))
    commit()
    const noGit = await cli(repository, ['gate', '--base', 'main', '--head', 'cassettes'], {
      PATH: folder.path,
    })
    assert.equal(noGit.code, 3)
    assert.match(noGit.stderr, /git is not installed, or not in PATH/)
    git('clone', '-q', '--depth', '1', `file://${repository}`, join(folder.path, 'shallow'))
    const shallow = await runHere(join(folder.path, 'shallow'), command, [
      '--base',
      'first',
      '--head',
      'cassettes',
    ])
    assert.equal(shallow.code, 3)
    assert.match(shallow.stderr, /first is not in this clone, which is shallow.*fetch-depth: 0/)
    rmSync(join(repository, '.git'), { recursive: true })
    const none = await gate('--base', 'main', '--head', 'cassettes')
    assert.equal(none.code, 3)
    assert.match(none.stderr, /as this is no repository of git/)
  })
})
