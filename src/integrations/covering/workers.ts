import { syncBuiltinESMExports } from 'node:module'
import workerThreads, { SHARE_ENV, type WorkerOptions } from 'node:worker_threads'

import { type Inherited, missingIn, preloads } from './inherited.ts'

/** Lets every worker of this thread begin with the preload, also one of a text, or with an environment or arguments of its own. */
export function coverWorkers(inherited: Inherited): void {
  const { Worker } = workerThreads
  workerThreads.Worker = new Proxy(Worker, {
    construct: (target, [file, options, ...rest]: [unknown, WorkerOptions | undefined, ...unknown[]], made) =>
      firstOf(
        coveredOptions(options ?? {}, inherited).map(
          (covered) => () => Reflect.construct(target, [file, covered, ...rest], made) as object,
        ),
      ),
  })
  syncBuiltinESMExports()
}

/** The options to try in turn: a worker refuses some of the arguments that a process takes. */
function coveredOptions(options: WorkerOptions, inherited: Inherited): WorkerOptions[] {
  const { env, execArgv } = options
  const required = ['--require', inherited.register]
  if (typeof env === 'object' && env !== process.env) {
    const added = { ...options, env: { ...env, ...missingIn(env, inherited) } }
    return [Array.isArray(execArgv) ? { ...added, execArgv: [...required, ...execArgv] } : added]
  }
  if (Array.isArray(execArgv)) return [{ ...options, execArgv: [...required, ...execArgv] }]
  if (execArgv !== undefined || (env !== SHARE_ENV && preloads(process.env, inherited.register)))
    return [options]
  return [
    { ...options, execArgv: [...required, ...process.execArgv] },
    { ...options, execArgv: required },
  ]
}

function firstOf<T>(attempts: readonly (() => T)[]): T {
  const [attempt, ...others] = attempts
  if (!attempt) throw new Error('there is nothing to try')
  try {
    return attempt()
  } catch (error) {
    if (others.length === 0 || (error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INVALID_EXEC_ARGV')
      throw error
    return firstOf(others)
  }
}
