import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { defineCommand } from 'citty'

import { colorsFor } from '../../colors.ts'
import { type Manifest, planSetup, type ProjectFiles } from '../../library/setup.ts'
import { renderSetup } from '../../reports/library/setup.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

export const init = withExamples(
  ['init', 'init --dry-run'],
  defineCommand({
    meta: {
      name: 'init',
      description:
        'Sets up a project: the line of its test runner, and lines for git, prettier and editors. It writes a file of its own or ' +
        'adds a line; what is in a configuration that it cannot edit safely, it says. Calling it again changes nothing. The exit ' +
        'code is 1 if something is left to do.',
    },
    args: {
      folder: {
        type: 'positional',
        required: false,
        description: 'the folder of package.json (default: this one)',
      },
      'dry-run': { type: 'boolean', description: 'only say what would be written' },
      json: { type: 'boolean', description: 'print what was written as JSON' },
    },
    run({ args }): CommandResult {
      const folder = args.folder ?? '.'
      const isDry = args['dry-run'] === true
      const setup = planSetup(projectIn(folder))
      if (!isDry) for (const { path, text } of setup.writes) writeFileSync(join(folder, path), text)
      return {
        exitCode: setup.todo.length > 0 ? EXIT.found : EXIT.fine,
        text: args.json
          ? JSON.stringify({ ...setup, dryRun: isDry }, null, 2)
          : renderSetup(setup, isDry, colorsFor(1)),
      }
    },
  }),
)

/** @throws {UsageError} if the folder cannot be read, or has no package.json that can be */
function projectIn(folder: string): ProjectFiles {
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch {
      return undefined
    }
  }
  const names = namesIn(folder)
  const text = read('package.json')
  if (text === undefined)
    throw new UsageError(
      `${join(folder, 'package.json')} cannot be read: call cassette init in the folder of a project`,
    )
  return { manifest: manifestOf(text, join(folder, 'package.json')), names, read }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new UsageError(`${folder} is no folder that can be read`, { cause: error })
  }
}

function manifestOf(text: string, path: string): Manifest {
  try {
    const found: unknown = JSON.parse(text)
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Manifest
  } catch {}
  throw new UsageError(`${path} is no JSON object: correct it first`)
}
