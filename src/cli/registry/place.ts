import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

import { readAddress, tokenFor } from '../../registry/address.ts'
import { checkProject, checkRef } from '../../registry/names.ts'
import type { CassetteSource } from '../../storage/sources/cassette-folder.ts'
import { openStore } from '../../stores/open-store.ts'
import { Cache, cacheFolder } from '../../transfer/cache.ts'
import type { Place } from '../../transfer/place.ts'
import { registrySource } from '../../transfer/registry-source.ts'
import { UsageError } from '../usage.ts'

/** The options that say which registry. */
export const placeArgs = {
  registry: {
    type: 'string',
    valueHint: 'ADDRESS',
    description: 'where the registry is (default: CASSETTE_REGISTRY, or cassette.config.json)',
  },
  project: {
    type: 'string',
    valueHint: 'NAME',
    description: 'the project (default: CASSETTE_PROJECT, or cassette.config.json)',
  },
} as const

/** The options that all commands of a registry share. */
export const registryArgs = {
  ...placeArgs,
  json: { type: 'boolean', description: 'print the result as JSON' },
} as const

export interface RegistryFlags {
  readonly registry?: string | undefined
  readonly project?: string | undefined
}

/** Opens the registry, gives it to a task, and lets it go. */
export async function withPlace<T>(flags: RegistryFlags, task: (place: Place) => Promise<T>): Promise<T> {
  const config = configHere()
  const given = flags.registry ?? (process.env['CASSETTE_REGISTRY'] || undefined)
  const text = given ?? config.registry
  if (text === undefined)
    throw new UsageError(
      'which registry? There is no default: set CASSETTE_REGISTRY, as in CASSETTE_REGISTRY=file:///srv/cassettes, or "registry" in ' +
        'cassette.config.json',
    )
  const project = flags.project ?? (process.env['CASSETTE_PROJECT'] || undefined) ?? config.project
  if (project === undefined)
    throw new UsageError('which project? Set CASSETTE_PROJECT, or "project" in cassette.config.json')
  checkProject(project)
  const address = readAddress(text)
  const token = tokenFor(address, process.env['CASSETTE_TOKEN'], given === undefined)
  const store = await openStore(address, { token, env: process.env })
  try {
    return await task({ store, project })
  } finally {
    await store.close?.()
  }
}

interface Config {
  readonly registry?: string
  readonly project?: string
}

const CONFIG = 'cassette.config.json'

/** @throws {UsageError} if the file is there and is not as it should be */
function configHere(): Config {
  let text: string
  try {
    text = readFileSync(CONFIG, 'utf8')
  } catch {
    return {}
  }
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${CONFIG} is no JSON: ${(error as Error).message}`)
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new UsageError(
      `${CONFIG} is no JSON object: write {"registry": "file:///srv/cassettes", "project": "app"}`,
    )
  for (const name of ['registry', 'project']) {
    const value: unknown = Reflect.get(found, name)
    if (value !== undefined && typeof value !== 'string')
      throw new UsageError(`${CONFIG}: ${name} must be a text`)
  }
  return found
}

/** Who pushes, as CI or the system says. */
export function whoPushes(): string {
  const { GITHUB_ACTOR, GITLAB_USER_LOGIN } = process.env
  if (GITHUB_ACTOR || GITLAB_USER_LOGIN) return GITHUB_ACTOR || GITLAB_USER_LOGIN || ''
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** The repository that pushes, as `host/path`. `undefined`: this is none, or it has no remote. */
export function sourceHere(): string | undefined {
  let remote: string
  try {
    remote = execFileSync('git', ['config', '--get', 'remote.origin.url'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim()
  } catch {
    return undefined
  }
  const [, host = '', path = ''] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^:/]+)(?::\d+(?=\/))?[:/](.+?)(?:\.git)?\/*$/.exec(remote) ?? []
  return host === '' ? undefined : `${host.toLowerCase()}/${path.replace(/^\/+/, '')}`
}

const PREFIX = 'registry:'

/** The cassettes of those of the names that are `registry:REF`. */
export async function fetchedRefs(
  names: readonly string[],
  flags: RegistryFlags,
): Promise<ReadonlyMap<string, CassetteSource>> {
  const refs = names.filter((name) => name.startsWith(PREFIX))
  const found = new Map<string, CassetteSource>()
  if (refs.length === 0) return found
  const cache = new Cache(cacheFolder(process.env))
  await withPlace(flags, async (place) => {
    for (const name of refs)
      found.set(name, await registrySource(place, checkRef(name.slice(PREFIX.length)), cache))
  })
  return found
}
