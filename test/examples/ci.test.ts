import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { parse } from 'yaml'

import { chatCassette } from '../helpers/cassette-texts.ts'
import { fromRoot } from '../helpers/shared.ts'
import { useFolder } from '../storage/helpers.ts'

interface Step {
  readonly name?: string
  readonly run?: string
}
interface Ended {
  readonly status: number | null
  readonly output: string
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

const WEATHER = { question: 'The weather?', answer: 'Oslo', tool: 'get_weather' }

describe('examples/ci', function () {
  this.timeout(240_000)
  const at = useFolder()
  const file = (name: string): string => join(at(), name)

  function stepOf(workflow: string, name: string): string {
    const { jobs } = parse(readFileSync(fromRoot(`examples/ci/${workflow}.yml`), 'utf8')) as Workflow
    const found = Object.values(jobs).flatMap(({ steps }) => steps.filter((step) => step.name === name))
    assert.equal(found.length, 1, `${workflow}: ${name}`)
    return found[0]?.run ?? ''
  }

  const program = (name: string, text: string): void => {
    mkdirSync(file('bin'), { recursive: true })
    writeFileSync(file(`bin/${name}`), `#!/bin/sh\n${text}\n`)
    chmodSync(file(`bin/${name}`), 0o755)
  }

  const useCassette = (): void =>
    program('npx', `shift\nexec '${process.execPath}' '${fromRoot('src/cli/main.ts')}' "$@"`)

  /** Runs a step as GitHub does, with its commands found in `bin` first. */
  function runStep(workflow: string, name: string, env: Readonly<Record<string, string>>): Ended {
    const { PATH = '', HOME = '' } = process.env
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-e', '-o', 'pipefail', '-c', stepOf(workflow, name)],
      {
        cwd: at(),
        encoding: 'utf8',
        env: {
          PATH: file('bin') + delimiter + PATH,
          HOME,
          CASSETTES: 'cassettes',
          GITHUB_STEP_SUMMARY: file('summary.md'),
          GITHUB_OUTPUT: file('output'),
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_CONFIG_NOSYSTEM: '1',
          ...env,
        },
      },
    )
    return { status, output: stdout + stderr }
  }
  function git(...args: readonly string[]): string {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
    return execFileSync('git', [...who, ...args], { cwd: at(), env, encoding: 'utf8' }).trim()
  }

  it('pull-request.yml passes a reworded answer, fails at another call of a tool, and comments once', () => {
    useCassette()
    const run = (name: string, given: Readonly<Record<string, string>>): Ended =>
      runStep('pull-request', name, given)
    git('init', '-q', '-b', 'main')
    mkdirSync(file('cassettes'))
    const write = (city: string, text: string): void =>
      writeFileSync(
        file('cassettes/a.yaml'),
        chatCassette([
          { question: 'The capital?', answer: text },
          { ...WEATHER, answer: city },
        ]),
      )
    write('Oslo', 'Paris.')
    git('add', 'cassettes')
    git('commit', '-q', '-m', 'base')
    const env = { BASE: git('rev-parse', 'HEAD') }

    write('Oslo', 'It is Paris.')
    const benign = run('Gate', env)
    assert.equal(benign.status, 0, benign.output)
    assert.match(
      readFileSync(file('summary.md'), 'utf8'),
      /^<!-- cassette gate -->\n\*\*benign: 1 identical, 1 reworded/,
    )

    write('Bergen', 'Paris.')
    const worse = run('Gate', env)
    assert.equal(worse.status, 1, worse.output)
    assert.match(worse.output, /::error file=cassettes\/a\.yaml/)
    assert.match(
      readFileSync(file('gate.html'), 'utf8'),
      /<title>regression: 1 identical, 1 regressed<\/title>/,
    )

    // What the step asks of GitHub: the comments, then a new one, or a change of its own.
    program('gh', `echo "$@" >>gh.log\ncase "$*" in *--jq*) cat ids;; esac`)
    const github = { GITHUB_REPOSITORY: 'o/r', PR: '7' }
    writeFileSync(file('ids'), '')
    assert.equal(run('Comment', github).status, 0)
    writeFileSync(file('ids'), '42\n')
    assert.equal(run('Comment', github).status, 0)
    assert.ok(existsSync(file('gh.log')))
    const asked = readFileSync(file('gh.log'), 'utf8').trim().split('\n')
    assert.deepEqual(
      [asked[1], asked[3]],
      [
        'api repos/o/r/issues/7/comments -F body=@gate.md',
        'api -X PATCH repos/o/r/issues/comments/42 -F body=@gate.md',
      ],
    )
  })

  it('nightly.yml opens a pull request only if two recordings in a row show more than another wording', () => {
    useCassette()
    git('init', '-q', '--bare', 'origin.git')
    git('init', '-q', '-b', 'main')
    git('remote', 'add', 'origin', file('origin.git'))
    mkdirSync(file('cassettes'))
    const write = (name: string, city: string, text: string): void =>
      writeFileSync(
        file(name),
        chatCassette([
          { question: 'The capital?', answer: text },
          { ...WEATHER, answer: city },
        ]),
      )
    write('cassettes/a.yaml', 'Oslo', 'Paris.')
    git('add', 'cassettes')
    git('commit', '-q', '-m', 'base')
    git('push', '-q', 'origin', 'main')
    write('reworded.yaml', 'Oslo', 'It is Paris.')
    write('worse.yaml', 'Bergen', 'Paris.')
    program('gh', `echo "$@" >>gh.log\ncase "$*" in *'pr list'*) cat ids;; esac`)
    writeFileSync(file('ids'), '')
    // Each recording takes the next of these.
    program('record', 'read -r next <queue\nsed -i 1d queue\ncp "$next.yaml" cassettes/a.yaml')
    const night = (...recordings: readonly string[]): string => {
      writeFileSync(file('queue'), `${recordings.join('\n')}\n`)
      writeFileSync(file('output'), '')
      const ended = runStep('nightly', 'Record', { RECORD: 'record', RECORDINGS: '2' })
      assert.equal(ended.status, 0, ended.output)
      return readFileSync(file('output'), 'utf8')
    }
    assert.equal(night('reworded', 'unused'), 'changed=false\n')
    // What the next recording does not show is noise.
    assert.equal(night('worse', 'reworded'), 'changed=false\n')
    assert.ok(!existsSync(file('gh.log')))
    assert.equal(night('worse', 'worse'), 'changed=true\n')
    assert.match(readFileSync(file('summary.md'), 'utf8'), /\*\*regression: 1 identical, 1 regressed/)

    const open = runStep('nightly', 'Open a pull request', {})
    assert.equal(open.status, 0, open.output)
    assert.equal(
      git('show', 'origin/cassette/nightly:cassettes/a.yaml').trim(),
      readFileSync(file('worse.yaml'), 'utf8').trim(),
    )
    assert.equal(git('diff', '--name-only', 'main', 'origin/cassette/nightly'), 'cassettes/a.yaml')
    // The next night, the pull request is there already.
    git('switch', '-q', 'main')
    night('worse', 'worse')
    writeFileSync(file('ids'), '7\n')
    const again = runStep('nightly', 'Open a pull request', {})
    assert.equal(again.status, 0, again.output)
    const asked = readFileSync(file('gh.log'), 'utf8').trim().split('\n')
    assert.deepEqual(
      [asked[1], asked[3]],
      [
        'pr create --head cassette/nightly --title Recorded answers have changed --body-file gate.md',
        'pr edit 7 --body-file gate.md',
      ],
    )
  })

  it('fork-comment.yml comments on the pull request that GitHub names, and takes nothing but a report', () => {
    const report = '<!-- cassette gate -->\n**regression: 1 regressed**\n'
    writeFileSync(file('report.md'), report)
    program(
      'gh',
      [
        'echo "$@" >>gh.log',
        'case "$*" in',
        '  *"run download"*) mkdir -p gate && cp report.md gate/gate.md;;',
        '  *issues/9/comments*--jq*) cat ids;;',
        '  *pulls*) cat pulls;;',
        '  *body=@comment.md*) cp comment.md sent.md;;',
        'esac',
      ].join('\n'),
    )
    const env = { GITHUB_REPOSITORY: 'o/r', RUN: '5', HEAD: 'someone:fix', SHA: 'abc' }
    const comment = (): Ended => runStep('fork-comment', 'Comment', env)
    const asked = (): string[] => readFileSync(file('gh.log'), 'utf8').trim().split('\n')
    writeFileSync(file('ids'), '')
    writeFileSync(file('pulls'), '')
    assert.equal(comment().status, 0)
    assert.deepEqual(asked().length, 1)
    assert.match(asked()[0] ?? '', /-f state=open -f head=someone:fix --jq .*select\(\.head\.sha == "abc"\)/)

    writeFileSync(file('pulls'), '9\n')
    assert.equal(comment().status, 0)
    assert.equal(asked().at(-1), 'api repos/o/r/issues/9/comments -F body=@comment.md')
    assert.equal(readFileSync(file('sent.md'), 'utf8'), report)
    writeFileSync(file('ids'), '42\n')
    assert.equal(comment().status, 0)
    assert.equal(asked().at(-1), 'api -X PATCH repos/o/r/issues/comments/42 -F body=@comment.md')

    writeFileSync(file('report.md'), 'Buy this!\n')
    const count = asked().length
    assert.equal(comment().status, 1)
    assert.equal(asked().length, count + 2)
  })
})
