import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** ms. A process of Node needs more than that to start and send a request. */
const INTERVAL = 25
const NODE = /^node(?:js)?[\d.]*$/
/** Node ends before it runs a program. */
const RUNS_NOTHING = new Set([
  '-v',
  '--version',
  '-h',
  '--help',
  '--v8-options',
  '-c',
  '--check',
  '--completion-bash',
])

export interface Watch {
  /** @returns the program and the first argument of each Node process that has begun without the preload */
  stop(): string[]
}

/**
 * Watches the processes that a program starts, on Linux: a program may start Node through another program that takes the preload out of
 * the environment.
 * @param root the id of the program's process
 * @param marks what the environment of a covered process contains
 */
export function watchUncovered(
  root: number,
  marks: { readonly folder: string; readonly preload: string },
): Watch {
  const family = new Set([root])
  const others = new Set<number>()
  const found = new Map<number, string>()
  const look = (): void => {
    for (const pid of processes()) {
      if (others.has(pid) || found.has(pid)) continue
      const env = family.has(pid) ? undefined : variables(pid)
      if (
        !family.has(pid) &&
        !family.has(parentOf(pid) ?? 0) &&
        !env?.includes(`CASSETTE_RUN_DIR=${marks.folder}\0`)
      ) {
        others.add(pid)
        continue
      }
      family.add(pid)
      const command = uncoveredCommand(pid, marks)
      if (command !== undefined) found.set(pid, command)
    }
  }
  const timer = setInterval(look, INTERVAL)
  look()
  return {
    stop() {
      clearInterval(timer)
      look()
      return [...found.values()]
    },
  }
}

function uncoveredCommand(
  pid: number,
  { folder, preload }: { folder: string; preload: string },
): string | undefined {
  const program = attempt(() => readlinkSync(`/proc/${pid}/exe`)) ?? ''
  if (program !== process.execPath && !NODE.test(basename(program))) return undefined
  const env = variables(pid)
  // Without an environment it has just ended, or belongs to somebody else.
  if (env === undefined || (env.includes(`CASSETTE_RUN_DIR=${folder}\0`) && env.includes(preload)))
    return undefined
  const command =
    attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      ?.split('\0')
      .slice(0, -1) ?? []
  if (command.length < 2 || RUNS_NOTHING.has(command[1] ?? '')) return undefined
  // It may have become another program since.
  return program === attempt(() => readlinkSync(`/proc/${pid}/exe`))
    ? command.slice(0, 2).join(' ')
    : undefined
}

const processes = (): number[] =>
  (attempt(() => readdirSync('/proc')) ?? []).map(Number).filter((pid) => pid > 0)

const parentOf = (pid: number): number | undefined => {
  const [, parent] =
    /\) \w (\d+) /.exec(attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '') ?? []
  return parent === undefined ? undefined : Number(parent)
}

/** `NAME=value` of each variable with which a process started, each with a zero after it. */
const variables = (pid: number): string | undefined =>
  attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))

/** A process may end at any time, and other systems have no such files. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
