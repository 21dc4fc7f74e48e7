import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { isoNow } from '../clock.ts'
import { colorsFor } from '../colors.ts'
import type { Finding } from '../library/findings.ts'
import { FINDING_FORMATS } from '../reports/library/findings.ts'
import { editInteractions } from '../storage/edit-interactions.ts'
import { thisRun } from '../storage/lock/identity.ts'
import { cassettePaths, openFile, readFiles } from '../storage/sources/cassette-files.ts'
import { namesOf } from './cassette-args.ts'
import { type CommandResult, EXIT } from './result.ts'
import { UsageError } from './usage.ts'

/** The options that `lint` and `scan` share. */
export const findingArgs = {
  names: {
    type: 'positional',
    required: false,
    description: 'files, folders or patterns (default: CASSETTE_DIR, or cassettes)',
  },
  format: { type: 'string', valueHint: 'FORMAT', description: Object.keys(FINDING_FORMATS).join(', ') },
  json: { type: 'boolean', description: 'print the findings as JSON (--format json)' },
  fix: { type: 'boolean', description: 'mend what can be mended in the files, and tell what is left' },
} as const

interface FindingFlags {
  readonly _: readonly string[]
  readonly format?: string | undefined
  readonly json?: boolean | undefined
  readonly fix?: boolean | undefined
}

/** What a command looks for. */
export interface Look {
  find(cassette: Cassette): readonly Finding[]
  /** Whether the exit code is 1 because of it. */
  fails(finding: Finding): boolean
  /** The rules that `--fix` can mend. */
  readonly fixable: ReadonlySet<string>
  /** The new text of an interaction with such a finding. */
  fix(entry: CassetteEntry): string
}

/** Looks at one cassette after the other, mends it if asked to, and renders what is left. */
export function findingsRun(flags: FindingFlags, look: Look): CommandResult {
  const name = flags.format ?? (flags.json === true ? 'json' : 'terminal')
  const render = Object.hasOwn(FINDING_FORMATS, name) ? FINDING_FORMATS[name] : undefined
  if (render === undefined)
    throw new UsageError(
      `unknown format ${JSON.stringify(name)}; use one of ${Object.keys(FINDING_FORMATS).join(', ')}`,
    )
  const findings: Finding[] = []
  let cassettes = 0
  const problems = readFiles(cassettePaths(namesOf(flags._)), ({ path, cassette }) => {
    const found = look.find(cassette)
    const fixed = flags.fix === true && found.some(({ rule }) => look.fixable.has(rule))
    findings.push(...(fixed ? mended(path, look) : found))
    cassettes += 1
  })
  const exitCode = findings.some((one) => look.fails(one))
    ? EXIT.found
    : problems.length > 0
      ? EXIT.unreadable
      : EXIT.fine
  return { exitCode, text: render({ findings, cassettes, problems }, colorsFor(1)), problems }
}

/** Mends a file. @returns what is left */
function mended(path: string, look: Look): readonly Finding[] {
  const { fixable } = look
  editInteractions(
    path,
    (cassette) => {
      const ids = new Set(
        look.find(cassette).flatMap(({ rule, id }) => (fixable.has(rule) ? (id ?? []) : [])),
      )
      return new Map(
        cassette.entries.filter(({ id }) => ids.has(id)).map((entry) => [entry, look.fix(entry)]),
      )
    },
    { run: thisRun(isoNow()), isDry: false },
  )
  return look.find(openFile(path))
}
