import { execFile } from 'node:child_process'

import { runCommand } from 'citty'

import type { Command } from '../../src/cli/command.ts'
import { exitCodeOf, isResult } from '../../src/cli/result.ts'
import { checkFlags } from '../../src/cli/usage.ts'
import { fromRoot } from './shared.ts'

export interface CliEnded {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line in a folder, without colours and without the variables of a hook of git. */
export function cli(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeout = 60_000,
): Promise<CliEnded> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:FORCE_COLOR|GIT_.*|CASSETTE_.*)$/.test(name),
  )
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [fromRoot('src/cli/main.ts'), ...args],
      { cwd, env: { ...Object.fromEntries(inherited), ...env }, timeout, maxBuffer: 1 << 28 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

/** Runs a command that only reports in this process, which takes milliseconds where {@link cli} takes a second. */
export async function runHere(cwd: string, command: Command, rawArgs: readonly string[]): Promise<CliEnded> {
  const before = process.cwd()
  process.chdir(cwd)
  try {
    checkFlags(rawArgs, command.definition.args)
    const { result } = await runCommand(command.definition, { rawArgs: [...rawArgs] })
    if (!isResult(result)) throw new Error('The command did not return a report.')
    return {
      code: result.exitCode,
      stdout: `${result.text}\n`,
      stderr: (result.problems ?? []).join('\n'),
    }
  } catch (error) {
    return { code: exitCodeOf(error), stdout: '', stderr: (error as Error).message }
  } finally {
    process.chdir(before)
  }
}
