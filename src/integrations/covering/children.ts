import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

import { type Inherited, missingIn } from './inherited.ts'

interface SpawnOptions {
  /** `NAME=value` of each variable. */
  envPairs?: string[]
}
type Spawn = (this: unknown, options: SpawnOptions) => unknown

/**
 * Lets every Node process that this one starts begin with the preload, also with an environment of its own. For `cassette run` alone:
 * a bare preload leaves other processes as they are.
 */
export function coverChildren(inherited: Inherited): void {
  // What `spawn`, `fork`, `exec` and `execFile` go through, and what has captured them before.
  const made = childProcess.ChildProcess.prototype as unknown as { spawn: Spawn }
  made.spawn = new Proxy(made.spawn, {
    apply(spawn, child, [options, ...rest]: [SpawnOptions, ...unknown[]]) {
      if (Array.isArray(options?.envPairs)) options.envPairs = coveredPairs(options.envPairs, inherited)
      return Reflect.apply(spawn, child, [options, ...rest]) as unknown
    },
  })
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const)
    Reflect.set(
      childProcess,
      name,
      new Proxy(childProcess[name] as (...args: unknown[]) => unknown, {
        apply: (start, self, args: unknown[]) =>
          Reflect.apply(start, self, coveredArguments(args, inherited)),
      }),
    )
  syncBuiltinESMExports()
}

function coveredPairs(pairs: readonly string[], inherited: Inherited): string[] {
  const env = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  )
  const missing = missingIn(env, inherited)
  if (!missing) return [...pairs]
  return [
    ...pairs.filter((pair) => missing[pair.slice(0, pair.indexOf('='))] === undefined),
    ...Object.entries(missing).map(([name, value]) => `${name}=${value}`),
  ]
}

const isOptions = (value: unknown): value is { env?: Readonly<Record<string, string | undefined>> } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The arguments of `spawnSync` and its like: a program, then perhaps its arguments, then perhaps options. */
function coveredArguments(args: readonly unknown[], inherited: Inherited): readonly unknown[] {
  const options = args.find(isOptions)
  const env = options?.env ?? process.env
  const missing = missingIn(env, inherited)
  if (!missing) return args
  const others = args.filter((one) => one !== options && one !== undefined && one !== null)
  return [...others, { ...options, env: { ...env, ...missing } }]
}
