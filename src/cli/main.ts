#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

import { runCommand } from 'citty'

import { unknownVariables } from '../environment.ts'
import { type Colors, colorsFor } from '../colors.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, exitCodeOf, isResult } from './result.ts'
import { checkFlags, UsageError, usageOf } from './usage.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const complain = (text: string): void => {
  // citty's own messages hold its colours.
  const message = stripVTControlCharacters(text)
  process.stderr.write(`${colorsFor(2).red('cassette:')} ${message}\n`)
}

function overview({ bold, cyan }: Pick<Colors, 'bold' | 'cyan'>): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${cyan(name.padEnd(width))}  ${summary}`,
  )
  return [
    `${bold('cassette')}: records every HTTP call of a Node process, and replays it`,
    '',
    `${bold('Usage:')} cassette COMMAND [options]`,
    '',
    ...lines,
    '',
    'cassette COMMAND --help tells more; --version prints the version.',
  ].join('\n')
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

/** Compares with `engines` of package.json. An older Node cannot link what the commands import. */
function isTooOld(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major < 22 || (major === 22 && minor < 19)
}

/** Runs one command line. @returns the exit code */
async function main([name, ...rawArgs]: readonly string[]): Promise<number> {
  const { node } = process.versions
  if (isTooOld(node)) {
    complain(`Node 22.19 or newer is needed, this is ${node}.`)
    return EXIT.found
  }
  if (name === '--version' || name === '-v') {
    say(version())
    return EXIT.fine
  }
  if (name === '--help' || name === '-h') {
    say(overview(colorsFor(1)))
    return EXIT.fine
  }
  if (name === undefined)
    throw new UsageError(`which command?\n\n${overview({ bold: String, cyan: String })}`)
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!entry)
    throw new UsageError(
      `unknown command ${JSON.stringify(name)}; use one of ${Object.keys(COMMANDS).join(', ')}`,
    )
  const command = await entry.load()
  const own = rawArgs.slice(0, rawArgs.includes('--') ? rawArgs.indexOf('--') : rawArgs.length)
  if (own.includes('--help') || own.includes('-h')) {
    say(await usageOf(command, colorsFor(1)))
    return EXIT.fine
  }
  checkFlags(own, command.definition.args)
  for (const problem of unknownVariables(process.env)) complain(problem)
  const { result } = await runCommand(command.definition, { rawArgs })
  if (isResult(result)) {
    if (result.bytes === undefined) say(result.text)
    else process.stdout.write(result.bytes)
    for (const problem of result.problems ?? []) complain(problem)
    return result.exitCode
  }
  return typeof result === 'number' ? result : EXIT.fine
}

main(process.argv.slice(2)).then(
  (code) => void (process.exitCode = code),
  (error: unknown) => {
    complain(error instanceof Error ? error.message : String(error))
    process.exitCode = exitCodeOf(error)
  },
)
