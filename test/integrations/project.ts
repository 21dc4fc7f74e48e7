import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { buildForTests } from '../../scripts/test/build.ts'
import { fromRoot } from '../helpers/shared.ts'

const CURRENT = { 'Node 24': fromRoot('node_modules/node/bin/node') }

/** Whether runners are tested on Node 22, and in all their pools, too. That takes twice as long. `.ci/run` does so. */
const isEvery = process.env['EVERY_NODE'] !== undefined

/** The Node versions that the runners are tested with: name to path. */
export const NODES: Readonly<Record<string, string>> = isEvery
  ? { 'Node 22': fromRoot('node_modules/node22/bin/node'), ...CURRENT }
  : CURRENT

/** The settings of a runner to test: without `EVERY_NODE` the first only. Name the one first that differs most. */
export const settings = <T>(...all: readonly T[]): readonly T[] => (isEvery ? all : all.slice(0, 1))

export const NODE_24 = CURRENT['Node 24']

export interface Ended {
  /** `null` if a signal ended the process. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The exit code and both streams, for messages. */
  readonly output: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly node?: string
  /** The working directory. Default: the project's folder. */
  readonly cwd?: string
  /** ms */
  readonly timeout?: number
}

export interface Project {
  readonly path: string
  /** Runs `node ...args` in the project without `CI` and `CASSETTE_*` in the environment, and with a time limit. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>
  file(name: string): string
  read(name: string): string
  exists(name: string): boolean
  /** The paths of all cassettes, relative to `cassettes/`, sorted. */
  cassettes(): string[]
  remove(): void
}

let home: string | undefined

/** Makes a folder whose `node_modules` has the package as it would be published, built from this source. */
function packageHome(): string {
  if (home !== undefined) return home
  home = realpathSync(mkdtempSync(join(tmpdir(), 'cassette-package-')))
  const made = home
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  const modules = join(home, 'node_modules')
  mkdirSync(join(modules, 'cassette'), { recursive: true })
  for (const name of readdirSync(fromRoot('node_modules'))) {
    // Mocha resolves `--require cassette/mocha` from its real path, so it must be a copy.
    if (name === 'mocha') cpSync(fromRoot('node_modules/mocha'), join(modules, 'mocha'), { recursive: true })
    else symlinkSync(fromRoot(`node_modules/${name}`), join(modules, name))
  }
  cpSync(process.env['TEST_BUILD'] ?? buildForTests(), join(modules, 'cassette'), { recursive: true })
  return home
}

/**
 * Makes a project with `cassette` installed.
 * @param source a folder to copy, relative to the repository's root; default: an empty project
 */
export function makeProject(source?: string): Project {
  const path = mkdtempSync(join(packageHome(), 'project-'))
  if (source !== undefined) cpSync(fromRoot(source), path, { recursive: true })
  const file = (name: string): string => join(path, name)
  return {
    path,
    file,
    read: (name) => readFileSync(file(name), 'utf8'),
    exists: (name) => existsSync(file(name)),
    cassettes: () =>
      existsSync(file('cassettes'))
        ? readdirSync(file('cassettes'), { recursive: true, encoding: 'utf8' })
            .filter((name) => name.endsWith('.yaml'))
            .toSorted()
        : [],
    remove: () => rmSync(path, { recursive: true, force: true }),
    run: (args, options) => runNode(options?.cwd ?? path, args, options),
  }
}

/** This process's environment and `more`, without `CI`, `CASSETTE_*` and the variables that test runners set. */
export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(CI|NODE_OPTIONS|NODE_V8_COVERAGE|FORCE_COLOR|NO_COLOR|MOCHA_.*|CASSETTE_.*|npm_.*)$/.test(name),
  )
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...more }
}

function runNode(cwd: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const env = cleanEnvironment(options.env)
  return new Promise((resolve) => {
    const child = execFile(
      options.node ?? NODE_24,
      args,
      { cwd, env, timeout: options.timeout ?? 50_000, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      (_error, stdout, stderr) =>
        resolve({
          code: child.exitCode,
          signal: child.signalCode,
          stdout,
          stderr,
          output: `exit code ${child.exitCode}, signal ${child.signalCode}\n${stdout}\n${stderr}`,
        }),
    )
    child.stdin?.end()
  })
}
