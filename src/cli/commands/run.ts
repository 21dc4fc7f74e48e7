import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { MISS_EXIT_CODE } from '../../base/exit-codes.ts'
import { colorsFor } from '../../colors.ts'
import { beginRun } from '../../storage/run-folder.ts'
import { checkCassettePath, loadCassette } from '../../storage/file.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { openJournal } from '../../storage/journal.ts'
import { withExamples } from '../command.ts'
import { finishLeft } from '../run/finish-left.ts'
import { type Watch, watchUncovered } from '../run/uncovered.ts'
import { UsageError } from '../usage.ts'

/** The exit codes that shells use: for an unknown program, and (plus the number) for a signal. */
const NOT_FOUND = 127
const SIGNAL_BASE = 128

/** Each process that makes requests gets its own cassette: `app.yaml`, `app.worker.yaml` ... */
export const run = withExamples(
  ['run -- node app.js', 'run --path cassettes/app.yaml --mode none -- npm start'],
  defineCommand({
    meta: {
      name: 'run',
      description:
        'Runs a program with cassette/register preloaded into it and into every Node process and worker it starts. ' +
        'Ends with the exit code of the program, or with 97 if that is 0 and a request could not be answered ' +
        'or a Node process began without it.',
    },
    args: {
      path: {
        type: 'string',
        valueHint: 'FILE',
        description: 'the cassette (default: cassettes/<program>.yaml)',
      },
      mode: { type: 'string', valueHint: 'MODE', description: 'once, none, new_episodes or all' },
      ignore: {
        type: 'string',
        valueHint: 'HOSTS',
        description: 'hosts whose traffic passes through, separated by commas',
      },
      'match-on': {
        type: 'string',
        valueHint: 'FIELDS',
        description: 'canonical fields to match on, separated by commas',
      },
      json: {
        type: 'boolean',
        description: 'print a last line of JSON on stderr: the exit code and the unanswered requests',
      },
    },
    async run({ rawArgs, args }): Promise<number> {
      const at = rawArgs.indexOf('--')
      const [command, ...rest] = at < 0 ? [] : rawArgs.slice(at + 1)
      if (command === undefined)
        throw new UsageError('the program is missing: cassette run [options] -- COMMAND [arguments]')
      const path = args.path ?? process.env['CASSETTE_PATH']
      const mode = checkedMode(args.mode ?? process.env['CASSETTE_MODE'])
      if (path !== undefined) checkCassette(path, mode)
      const folder = beginRun(path)
      try {
        const env = {
          ...process.env,
          ...folder.env,
          NODE_OPTIONS: [PRELOAD, process.env['NODE_OPTIONS']].filter(Boolean).join(' '),
          ...given('CASSETTE_PATH', path),
          ...given('CASSETTE_MODE', args.mode),
          ...given('CASSETTE_IGNORE', args.ignore),
          ...given('CASSETTE_MATCH_ON', args['match-on']),
        }
        let watch: Watch | undefined
        const code = await ended(command, rest, env, (pid) => {
          watch = watchUncovered(pid, { folder: folder.path, preload: PRELOAD })
        })
        for (const problem of await finishLeft(folder.cassettes(), mode)) complain(problem)
        const outcome = { code, failures: folder.failures(), uncovered: watch?.stop() ?? [] }
        return report(outcome, args.json === true)
      } finally {
        folder.remove()
      }
    },
  }),
  '-- COMMAND [ARGUMENTS]',
)

/** The modes of the preload, with their aliases. */
const MODES = ['once', 'none', 'new_episodes', 'all', 'auto', 'replay', 'record', 'rewrite']

/**
 * @param mode unset and '' mean the default
 * @returns the mode in effect
 * @throws UsageError if the mode is unknown
 */
function checkedMode(mode: string | undefined): string {
  if (mode && !MODES.includes(mode))
    throw new UsageError(`unknown mode ${JSON.stringify(mode)}; use one of ${MODES.join(', ')}`)
  const isCI = !['', 'false', '0'].includes(process.env['CI'] ?? '')
  return mode || (isCI ? 'none' : 'once')
}

/**
 * Checks before the program starts that the cassette can be read and, if the run may write, that it can be written.
 * @throws CassettePathError, CassetteFormatError, CassetteLockedError, CassetteWriteError
 */
function checkCassette(path: string, mode: string): void {
  const file = checkCassettePath(path)
  const cassette = loadCassette(file)
  const isComplete = cassette !== undefined && !cassette.isEmpty && !cassette.incomplete
  if (mode === 'none' || mode === 'replay' || (mode === 'once' && isComplete)) return
  openJournal(file, thisRun(isoNow())).leave()
}

const given = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value }

/** For NODE_OPTIONS. `--import` would not reach workers of a text. Node reads quotes and backslashes as JSON does. */
const PRELOAD = `--require=${JSON.stringify(
  fileURLToPath(new URL(`../../integrations/register${extname(import.meta.url)}`, import.meta.url)),
)}`

const wait = (): void => {}

function ended(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onStart: (pid: number) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    if (child.pid !== undefined) onStart(child.pid)
    // A terminal sends Ctrl-C to both processes, but a supervisor signals only this one. The program decides how to end.
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal)
    process.on('SIGINT', wait).on('SIGTERM', passOn).on('SIGHUP', passOn)
    const settle = (act: () => void): void => {
      process.off('SIGINT', wait).off('SIGTERM', passOn).off('SIGHUP', passOn)
      act()
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') return settle(() => reject(error))
      complain(`there is no program ${JSON.stringify(command)}`)
      return settle(() => resolve(NOT_FOUND))
    })
    child.once('exit', (code, signal) =>
      settle(() => resolve(code ?? SIGNAL_BASE + constants.signals[signal ?? 'SIGTERM'])),
    )
  })
}

const complain = (text: string): void =>
  void process.stderr.write(`${colorsFor(2).red('cassette:')} ${text}\n`)

interface RunOutcome {
  readonly code: number
  readonly failures: readonly string[]
  /** The commands of Node processes that began without the preload. */
  readonly uncovered: readonly string[]
}

function report({ code, failures, uncovered }: RunOutcome, json: boolean): number {
  const exitCode = code === 0 && failures.length + uncovered.length > 0 ? MISS_EXIT_CODE : code
  const unanswered = failures.map((message) => message.split('\n', 1)[0] ?? '')
  if (json) {
    const more = uncovered.length === 0 ? {} : { uncovered }
    process.stderr.write(`${JSON.stringify({ exitCode, unanswered, ...more })}\n`)
    return exitCode
  }
  tell(unanswered, 'request could not be answered', 'requests could not be answered')
  tell(
    uncovered,
    'Node process began without cassette, so its requests went to the network',
    'Node processes began without cassette, so their requests went to the network',
  )
  return exitCode
}

/** Prints a count and the lines. */
function tell(lines: readonly string[], one: string, many: string): void {
  if (lines.length === 0) return
  complain(
    [`${lines.length} ${lines.length === 1 ? one : many}`, ...lines.map((line) => `  ${line}`)].join('\n'),
  )
}
