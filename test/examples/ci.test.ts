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
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

const WEATHER = { question: 'The weather?', answer: 'Oslo', tool: 'get_weather' }

describe('examples/ci/pull-request.yml', function () {
  this.timeout(240_000)
  const at = useFolder()
  const file = (name: string): string => join(at(), name)

  const workflow = parse(readFileSync(fromRoot('examples/ci/pull-request.yml'), 'utf8')) as Workflow
  const stepOf = (name: string): string =>
    workflow.jobs['gate']?.steps.find((step) => step.name === name)?.run ?? ''

  const program = (name: string, text: string): void => {
    mkdirSync(file('bin'), { recursive: true })
    writeFileSync(file(`bin/${name}`), `#!/bin/sh\n${text}\n`)
    chmodSync(file(`bin/${name}`), 0o755)
  }

  /** Runs a step as GitHub does, with its commands found in `bin` first. */
  function run(
    name: string,
    env: Readonly<Record<string, string>>,
  ): { status: number | null; output: string } {
    const { PATH = '', HOME = '' } = process.env
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', stepOf(name)], {
      cwd: at(),
      encoding: 'utf8',
      env: {
        PATH: file('bin') + delimiter + PATH,
        HOME,
        CASSETTES: 'cassettes',
        GITHUB_STEP_SUMMARY: file('summary.md'),
        ...env,
      },
    })
    return { status, output: stdout + stderr }
  }
  function git(...args: readonly string[]): string {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
    return execFileSync('git', [...who, ...args], { cwd: at(), env, encoding: 'utf8' }).trim()
  }

  it('passes a reworded answer, fails at another call of a tool, and comments once', () => {
    program('npx', `shift\nexec '${process.execPath}' '${fromRoot('src/cli/main.ts')}' "$@"`)
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
})
