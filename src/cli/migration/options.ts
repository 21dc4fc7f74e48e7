import { statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

import type { Target } from '../../asking/asker.ts'
import { CassettePathError } from '../../errors/cassette-path-error.ts'
import { UnmeasuredError } from '../../errors/unmeasured-error.ts'
import { type Provider, providerNamed, providerOfModel, PROVIDERS } from '../../migration/providers.ts'
import type { NamedCassette } from '../../migration/questions.ts'
import { targetFolder } from '../../migration/kept-answer.ts'
import { COMPARATORS, type Comparator, DEFAULT_COMPARATORS } from '../../migration/rows.ts'
import type { AnswerFolder } from '../../storage/output/answers.ts'
import { cassetteFile, cassetteFolder } from '../../storage/sources/cassette-folder.ts'
import { UsageError } from '../usage.ts'

/** The options that `migrate` and `report` share. */
export const migrationArgs = {
  corpus: {
    type: 'string',
    required: true,
    valueHint: 'DIR',
    description: 'the cassettes whose prompts are asked: a folder or a file',
  },
  target: { type: 'string', required: true, valueHint: 'MODEL', description: 'the model to ask' },
  out: {
    type: 'string',
    valueHint: 'DIR',
    description: 'where the answers are kept (default: the corpus with -migrated at its end)',
  },
  provider: {
    type: 'string',
    valueHint: 'NAME',
    description: `who serves the target: ${PROVIDERS.map(({ name }) => name).join(', ')} (default: by the name of the model)`,
  },
  compare: {
    type: 'string',
    valueHint: 'LIST',
    description: `how answers are compared, with commas: ${COMPARATORS.join(', ')} (default: ${DEFAULT_COMPARATORS.join(',')})`,
  },
  prices: { type: 'string', valueHint: 'FILE', description: 'a JSON file with prices, as for stats' },
} as const

/** The cassettes of a corpus, opened one after the other. */
export function corpusOf(corpus: string): NamedCassette[] {
  const found = statSync(corpus, { throwIfNoEntry: false })
  if (found === undefined) throw new CassettePathError(corpus, 'does not exist')
  const source = found.isDirectory() ? cassetteFolder(corpus) : cassetteFile(corpus, basename(corpus))
  if (source.cassettes.length === 0)
    throw new UnmeasuredError(`${corpus} has no cassettes. Record some first, or name another folder.`)
  return source.cassettes.map((name) => ({ name, open: () => source.open(name) }))
}

/** Where the answers of a target are kept. */
export function answersPath(corpus: string, target: string, out: string | undefined): string {
  const path = resolve(corpus)
  const beside = join(dirname(path), `${basename(path).replace(/\.ya?ml$/i, '')}-migrated`)
  return join(out ?? beside, targetFolder(target))
}

/** The provider that an option names, or that the model's name tells. */
export function providerOf(
  option: string,
  name: string | undefined,
  model: string,
  baseUrl?: string,
): Provider {
  const names = PROVIDERS.map((one) => one.name).join(', ')
  if (name !== undefined) {
    const found = providerNamed(name)
    if (found === undefined)
      throw new UsageError(`${option} cannot be ${JSON.stringify(name)}; use one of ${names}`)
    return found
  }
  const found = providerOfModel(model) ?? (baseUrl === undefined ? undefined : providerNamed('openai'))
  if (found === undefined)
    throw new UsageError(`who serves the model ${model}? Name it with ${option}: ${names}`)
  return found
}

/** The provider of answers that are there already: the option, what the migration noted, or what the model's name tells. */
export function keptProvider(folder: AnswerFolder, name: string | undefined, model: string): Provider {
  const about = folder.about()
  const noted =
    typeof about === 'object' && about !== null && 'provider' in about ? about.provider : undefined
  return providerOf('--provider', name ?? (typeof noted === 'string' ? noted : undefined), model)
}

export function targetOf(model: string, provider: Provider, baseUrl: string | undefined): Target {
  const variable = provider.baseUrlVariable
  const base = baseUrl ?? ((variable && process.env[variable]) || undefined)
  if (base !== undefined && !/^https?:$/.test(URL.parse(base)?.protocol ?? ''))
    throw new UsageError(
      `the base URL of ${provider.name} must begin with http:// or https://, not ${JSON.stringify(base)}`,
    )
  return { model, provider, ...(base === undefined ? {} : { baseUrl: base }), key: () => keyOf(provider) }
}

function keyOf({ keys, name }: Provider): string {
  const found = keys
    .map((variable) => process.env[variable])
    .find((value) => value !== undefined && value !== '')
  if (found === undefined && keys.length > 0)
    throw new UnmeasuredError(
      `${name} needs a key: set the environment variable ${keys.join(' or ')} (to any text, if the server asks for none).`,
    )
  return found ?? ''
}

export function comparatorsOf(list: string | undefined): readonly Comparator[] {
  if (list === undefined) return DEFAULT_COMPARATORS
  const names = list.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !COMPARATORS.includes(name as Comparator))
  if (wrong !== undefined)
    throw new UsageError(`--compare cannot be ${JSON.stringify(wrong)}; use ${COMPARATORS.join(', ')}`)
  return names as Comparator[]
}

/** A number from 0, or from 1. */
export function numberOf(option: string, value: string | undefined, least = 0): number | undefined {
  if (value === undefined) return undefined
  const number = /^\d{1,12}(?:\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= least))
    throw new UsageError(`${option} needs a number from ${least}, not ${JSON.stringify(value)}`)
  return number
}
