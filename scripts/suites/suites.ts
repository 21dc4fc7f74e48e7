import { existsSync, globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How a suite of a foreign package is run. */
export interface Suite {
  readonly name: string
  /** The folder in which its commands run, below the checkout. */
  readonly folder?: string
  /** Glob patterns below that folder. */
  readonly files: readonly string[]
  readonly except?: readonly string[]
  /** The arguments of `node` that run one file of the suite. */
  readonly command: (file: string, folder: string) => string[]
  /** `tap`: stdout is a TAP report. `exit`: the file is one test, which passes with exit code 0. */
  readonly report: 'tap' | 'exit'
  readonly environment?: Readonly<Record<string, string>>
}

/** The program of a test runner: the checkout's own one if it is installed, else the one that cassette uses. */
function runner(folder: string, program: string): string {
  const own = join(folder, 'node_modules', program)
  return existsSync(own) ? own : fileURLToPath(new URL(`../../node_modules/${program}`, import.meta.url))
}

const mocha =
  (...options: string[]) =>
  (file: string, folder: string): string[] => [
    runner(folder, 'mocha/bin/mocha.js'),
    '--reporter',
    'tap',
    ...options,
    file,
  ]

/** The options in a Node core test's `// Flags:` lines. */
function flagsOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').matchAll(/^\/\/ Flags: (.+)$/gm)
  return [...lines].flatMap(([, flags = '']) => flags.trim().split(/\s+/))
}

const NODE_CORE: Suite = {
  name: 'node',
  files: ['test/parallel/test-{http,https,net,tls,http2}-*.{js,mjs}'],
  command: (file, folder) => [...flagsOf(join(folder, file)), join(folder, file)],
  report: 'exit',
}

/** By the `name` of the checkout's package.json. */
const BY_PACKAGE: Readonly<Record<string, Suite>> = {
  undici: {
    name: 'undici',
    files: [
      'test/*.js',
      'test/{busboy,cache,cache-interceptor,cookie,eventsource,fetch,infra,interceptors}/*.js',
      'test/{node-fetch,node-test,subresource-integrity,webidl,websocket}/**/*.js',
    ],
    except: ['test/**/{fixtures,utils}/**'],
    command: (file) => ['--expose-gc', '--test-reporter=tap', file],
    report: 'tap',
  },
  ws: { name: 'ws', files: ['test/*.test.js'], command: mocha('--throw-deprecation'), report: 'tap' },
  axios: {
    name: 'axios',
    files: ['test/unit/**/*.js', 'test/module/test.js'],
    command: mocha('--timeout', '30000', '--exit'),
    report: 'tap',
  },
  'node-fetch': { name: 'node-fetch', files: ['test/*.js'], command: mocha(), report: 'tap' },
  superagent: {
    name: 'superagent',
    files: ['test/*.js', 'test/node/*.js'],
    command: mocha('--require', 'should', '--timeout', '5000', '--exit'),
    report: 'tap',
    environment: { NODE_ENV: 'test' },
  },
  got: {
    name: 'got',
    files: ['test/*.ts'],
    command: (file, folder) => [
      '--import',
      'tsx/esm',
      runner(folder, 'ava/entrypoints/cli.mjs'),
      '--tap',
      '--timeout=1m',
      file,
    ],
    report: 'tap',
  },
  openai: {
    name: 'openai',
    files: ['tests/**/*.test.ts'],
    except: ['tests/live/**'],
    command: (file, folder) => [runner(folder, 'vitest/vitest.mjs'), 'run', '--reporter=tap-flat', file],
    report: 'tap',
  },
}

const GRPC_JS: Suite = {
  name: 'grpc-js',
  folder: 'packages/grpc-js',
  files: ['test/test-*.ts'],
  command: (file, folder) => [
    '--import',
    'tsx',
    runner(folder, 'mocha/bin/mocha.js'),
    '--reporter',
    'tap',
    '--exit',
    file,
  ],
  report: 'tap',
}

/** Recognises the checkout in `directory`. */
export function suiteIn(directory: string): Suite {
  if (existsSync(join(directory, 'test/parallel')) && existsSync(join(directory, 'test/common/index.js')))
    return NODE_CORE
  if (existsSync(join(directory, 'packages/grpc-js/test'))) return GRPC_JS
  const { name } = createRequire(join(directory, 'noop.js'))('./package.json') as { name?: string }
  const suite = BY_PACKAGE[name ?? '']
  if (suite) return suite
  throw new Error(
    `${directory} holds no suite that is known here. Known are Node core, grpc-js, ${Object.keys(BY_PACKAGE).join(', ')}`,
  )
}

/** The files of a suite in the order of their names. */
export function filesOf(suite: Suite, folder: string): string[] {
  const except = [...(suite.except ?? []), '**/node_modules/**']
  return globSync([...suite.files], { cwd: folder, exclude: except }).toSorted()
}
