import { isDeepStrictEqual } from 'node:util'

import { CassetteOptionError } from '../../errors/cassette-option-error.ts'
import { parseDuration } from './duration.ts'
import type { CassetteOptions, IgnoreRule, RecordMode, ResolvedOptions } from './options.ts'
import { checkWebSocketOptions } from './websocket.ts'

type Environment = Readonly<Record<string, string | undefined>>

const MODES: Readonly<Record<string, RecordMode>> = {
  once: 'once',
  none: 'none',
  new_episodes: 'new_episodes',
  all: 'all',
  auto: 'new_episodes',
  replay: 'none',
  record: 'all',
  rewrite: 'all',
}

const describe = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'an array' : String(value)

const listed = (values: readonly string[]): string =>
  `one of ${values.map((value) => `'${value}'`).join(', ')}`

function fail(option: string, expected: string, value: unknown): never {
  throw new CassetteOptionError(option, expected, describe(value))
}

const oneOf =
  (...values: readonly string[]) =>
  (option: string, value: unknown): void => {
    if (typeof value !== 'string' || !values.includes(value)) fail(option, listed(values), value)
  }
const ofType =
  (type: 'boolean' | 'function' | 'object', expected: string) =>
  (option: string, value: unknown): void => {
    if (typeof value !== type || value === null) fail(option, expected, value)
  }

function checkMatchOn(option: string, value: unknown): void {
  const names = Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
  if (!names && typeof value !== 'function')
    fail(option, 'a list of canonical field names, or a function (recorded, incoming) => boolean', value)
}

function checkIgnore(option: string, value: unknown): void {
  for (const rule of Array.isArray(value) ? (value as unknown[]) : [value])
    if (!(typeof rule === 'string' && rule !== '') && !(rule instanceof RegExp) && typeof rule !== 'function')
      fail(option, 'host names, URL patterns, regular expressions or a function, or a list of these', rule)
}

function checkTiming(option: string, value: unknown): void {
  const factor = typeof value === 'number' && Number.isFinite(value) && value > 0
  if (!factor && value !== 'instant' && value !== 'recorded')
    fail(option, "'instant', 'recorded' or a speed factor above 0", value)
}

function checkBodySize(option: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    fail(option, 'a number of bytes', value)
}

function checkMetadata(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isJson(value))
    fail(option, "an object of JSON values such as {category: 'support'}", value)
}

/** Whether JSON holds the value as it is. */
function isJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)
  } catch {
    return false
  }
}

function checkGrpc(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail(option, "an object such as {protos: ['api.proto']}", value)
  for (const [name, list] of Object.entries(value)) {
    if (name !== 'protos' && name !== 'includeDirs')
      throw new CassetteOptionError(`${option}.${name}`, listed(['protos', 'includeDirs']), 'an unknown name')
    if (list !== undefined) checkPaths(`${option}.${name}`, list)
  }
  checkPaths(`${option}.protos`, (value as { protos?: unknown }).protos)
}

function checkPaths(option: string, value: unknown): void {
  if (!Array.isArray(value) || value.length === 0) fail(option, 'a list of paths', value)
  for (const path of value as unknown[])
    if (typeof path !== 'string' || path === '') fail(option, 'a list of paths', path)
}

const CHECKS: Readonly<Record<keyof CassetteOptions, (option: string, value: unknown) => void>> = {
  mode: oneOf(...Object.keys(MODES)),
  matchOn: checkMatchOn,
  onMiss: oneOf('throw', 'passthrough', 'rebase'),
  onRecordError: oneOf('warn', 'raise', 'record'),
  allowPlaybackRepeats: ofType('boolean', 'true or false'),
  redact: ofType('object', 'an object of redaction rules'),
  ignore: checkIgnore,
  telemetry: (option, value) => void (value === false || checkIgnore(option, value)),
  network: oneOf('allow', 'deny'),
  websocket: checkWebSocketOptions,
  grpc: checkGrpc,
  beforeRecord: ofType('function', 'a function (exchange) => exchange | null'),
  beforeReplay: ofType('function', 'a function (exchange) => exchange | null'),
  timing: checkTiming,
  refresh: ofType('boolean', 'true or false'),
  maxAge: (option, value) => void parseDuration(option, value),
  onStale: oneOf('warn', 'fail', 'rerecord'),
  maxBodySize: checkBodySize,
  metadata: checkMetadata,
  strict: ofType('boolean', 'true or false'),
}

/** @throws CassetteOptionError for an unknown option, or a value that an option cannot have */
export function checkOptions(options: CassetteOptions): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    fail('options', 'an object', options)
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, option))
      throw new CassetteOptionError(option, `an option, ${listed(Object.keys(CHECKS))}`, 'an unknown name')
    if (value !== undefined) CHECKS[option as keyof CassetteOptions](option, value)
  }
}

/** A larger body makes a cassette that editors and code reviews cannot show. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

const isCI = (env: Environment): boolean => !['', 'false', '0'].includes(env['CI'] ?? '')

const split = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** The environment overrides `options`; `options` override `defaults`, which `configure()` set. */
export function resolveOptions(
  options: CassetteOptions,
  defaults: CassetteOptions,
  env: Environment,
): ResolvedOptions {
  checkOptions(options)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const merged: CassetteOptions = { ...defaults, ...given }
  const matchOn = env['CASSETTE_MATCH_ON'] ? split(env['CASSETTE_MATCH_ON']) : merged.matchOn
  if (matchOn !== undefined) checkMatchOn('CASSETTE_MATCH_ON', matchOn)
  const ignored: readonly IgnoreRule[] = env['CASSETTE_IGNORE']
    ? split(env['CASSETTE_IGNORE'])
    : [merged.ignore ?? []].flat()
  if (merged.onMiss === 'rebase' && isCI(env))
    fail(
      'onMiss',
      "'throw' or 'passthrough' if CI is set, because nobody is there to accept a change",
      'rebase',
    )
  const { timing = 'instant' } = merged
  return {
    ...resolveMode(merged.mode, env),
    matchOn: typeof matchOn === 'function' ? undefined : matchOn,
    matcher: typeof matchOn === 'function' ? matchOn : undefined,
    onMiss: merged.onMiss ?? 'throw',
    onRecordError: merged.onRecordError ?? 'warn',
    allowPlaybackRepeats: merged.allowPlaybackRepeats ?? false,
    redact: merged.redact,
    ignore: ignored,
    telemetry: merged.telemetry === false ? false : [merged.telemetry ?? []].flat(),
    network: merged.network ?? 'allow',
    websocket: merged.websocket,
    grpc: merged.grpc,
    beforeRecord: merged.beforeRecord,
    beforeReplay: merged.beforeReplay,
    delayFactor: timing === 'instant' ? 0 : timing === 'recorded' ? 1 : 1 / timing,
    refresh: merged.refresh ?? true,
    maxAge: merged.maxAge === undefined ? undefined : parseDuration('maxAge', merged.maxAge),
    onStale: merged.onStale ?? 'warn',
    maxBodySize: merged.maxBodySize ?? MAX_BODY_BYTES,
    metadata: merged.metadata,
    strict: merged.strict ?? false,
  }
}

function resolveMode(
  mode: string | undefined,
  env: Environment,
): Pick<ResolvedOptions, 'mode' | 'modeSource'> {
  const fromEnvironment = env['CASSETTE_MODE']
  if (fromEnvironment) {
    const known = Object.hasOwn(MODES, fromEnvironment) ? MODES[fromEnvironment] : undefined
    if (!known) fail('CASSETTE_MODE', listed(Object.keys(MODES)), fromEnvironment)
    return { mode: known, modeSource: 'CASSETTE_MODE' }
  }
  const known = mode === undefined ? undefined : MODES[mode]
  if (known) return { mode: known, modeSource: 'options' }
  return isCI(env) ? { mode: 'none', modeSource: 'CI' } : { mode: 'once', modeSource: 'default' }
}
