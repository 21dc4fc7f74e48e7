import { parseDocument, type ScalarTag } from 'yaml'

import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Lost } from './importer.ts'

const scalar = (tag: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
  tag,
  default: true,
  test,
  resolve,
})

const digits = (text: string): string => text.replaceAll('_', '')

/** What PyYAML takes a plain scalar for. Everything else is text: PyYAML writes `1e3` as text without quotes. */
const PLAIN: readonly ScalarTag[] = [
  scalar('tag:yaml.org,2002:null', /^(?:~|null|Null|NULL|)$/, () => null),
  scalar('tag:yaml.org,2002:bool', /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
  scalar('tag:yaml.org,2002:bool', /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
  scalar('tag:yaml.org,2002:int', /^[-+]?(?:0|[1-9][\d_]*)$/, (text) => whole(digits(text))),
  scalar(
    'tag:yaml.org,2002:float',
    /^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?)$/,
    (text) => Number(digits(text)),
  ),
]

/** A whole number that a double cannot hold stays text: no digit may change. */
const whole = (text: string): unknown => (Number.isSafeInteger(Number(text)) ? Number(text) : text)

const tagged = (tag: string, resolve: (text: string) => unknown): ScalarTag => ({ tag, resolve })

const TAGS: readonly ScalarTag[] = [
  tagged('tag:yaml.org,2002:binary', (text) => Buffer.from(text, 'base64')),
  tagged('tag:yaml.org,2002:python/unicode', (text) => text),
  tagged('tag:yaml.org,2002:python/str', (text) => text),
]

/**
 * Reads YAML as PyYAML's safe loader does. No tag makes an object: what has one is read as plain data, and told.
 * @throws {ImportError} if it is no YAML
 */
export function readPythonYaml(source: Source, lost: Lost): unknown {
  const document = parseDocument(source.bytes().toString('utf8'), {
    schema: 'failsafe',
    customTags: [...PLAIN, ...TAGS],
    uniqueKeys: false,
    logLevel: 'silent',
    merge: true,
  })
  const [error] = document.errors
  if (error) {
    const { line = 0, col = 0 } = error.linePos?.[0] ?? {}
    const [problem = ''] = error.message.split(/ at line|\n/, 1)
    throw new ImportError(source.path, `line ${line}, column ${col}`, `is no YAML: ${problem}`)
  }
  for (const { code, linePos, message } of document.warnings)
    if (code === 'TAG_RESOLVE_FAILED')
      lost(
        `the tag ${/!\S*/.exec(message)?.[0] ?? ''}: its value is read as plain data`,
        `line ${linePos?.[0].line ?? 0}`,
      )
  try {
    return document.toJS({ maxAliasCount: 10_000 })
  } catch (cause) {
    throw new ImportError(source.path, '', `is not to be read: ${(cause as Error).message}`)
  }
}
