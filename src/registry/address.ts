import { RegistryError } from '../errors/registry-error.ts'

/** Where a registry is. */
export type Address =
  | { readonly kind: 'folder'; readonly name: string; readonly url: URL }
  | { readonly kind: 'http'; readonly name: string; readonly url: URL }
  | {
      readonly kind: 's3'
      readonly name: string
      readonly bucket: string
      readonly prefix: string
      readonly endpoint: string | undefined
      readonly region: string | undefined
    }
  | { readonly kind: 'redis'; readonly name: string; readonly url: URL; readonly prefix: string }
  | {
      readonly kind: 'git'
      readonly name: string
      readonly remote: string
      readonly url: URL
      readonly branch: string
    }

/** The queries that an address may have. */
const QUERIES: Readonly<Record<Address['kind'], readonly string[]>> = {
  folder: [],
  http: [],
  s3: ['endpoint', 'region'],
  redis: ['prefix'],
  git: ['branch'],
}

const KINDS: Readonly<Record<string, Address['kind']>> = {
  'file:': 'folder',
  'http:': 'http',
  'https:': 'http',
  's3:': 's3',
  'redis:': 'redis',
  'rediss:': 'redis',
  'git+ssh:': 'git',
  'git+https:': 'git',
  'git+http:': 'git',
  'git+file:': 'git',
}

const FORMS =
  'file:///folder, s3://bucket/prefix, redis://host:port, https://host, git+ssh://host/repository or git+https://host/repository'

/**
 * Reads an address. It never holds a credential: those are in variables of the environment.
 * @throws {RegistryError} naming what is wrong, and nothing of a credential
 */
export function readAddress(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const kind = url && Object.hasOwn(KINDS, url.protocol) ? KINDS[url.protocol] : undefined
  if (url === undefined || kind === undefined)
    throw wrong(
      `${url ? `The address of a registry cannot begin with ${url.protocol}` : 'This is no address of a registry'}. Use ${FORMS}.`,
    )
  if (url.password !== '' || (url.username !== '' && (kind === 'http' || kind === 's3')))
    throw wrong(
      `The address of the registry ${shown(url)} has a credential in it. Addresses are printed and stored: put the token into ` +
        'CASSETTE_TOKEN, remove it from the address, and make a new one, as this one may have been seen.',
    )
  if (url.hash !== '')
    throw wrong(`The address of the registry ${shown(url)} has a "#" in it. Remove what follows it.`)
  for (const query of url.searchParams.keys())
    if (!QUERIES[kind].includes(query))
      throw wrong(
        `The address of the registry ${shown(url)} has an unknown query ${JSON.stringify(query.slice(0, 40))}` +
          `${QUERIES[kind].length > 0 ? `; it may have ${QUERIES[kind].join(', ')}` : ''}. A token belongs into CASSETTE_TOKEN.`,
      )
  return ofKind(kind, url)
}

function ofKind(kind: Address['kind'], url: URL): Address {
  const name = shown(url)
  const path = url.pathname.replaceAll(/^\/+|\/+$/g, '')
  if (kind === 'http') return { kind, name, url }
  if (kind === 'redis') return { kind, name, url, prefix: url.searchParams.get('prefix') ?? 'cassette' }
  if (kind === 's3') return s3(name, url, path)
  if (kind === 'git') return git(name, url, path)
  if (url.host !== '') throw wrong(`${name} names a host. A folder is file:///folder, with three "/".`)
  if (path === '') throw wrong(`${name} names no folder. Use file:///folder.`)
  return { kind, name, url }
}

function s3(name: string, url: URL, prefix: string): Address {
  const bucket = url.hostname
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw wrong(`${name} names no bucket. Use s3://bucket/prefix.`)
  const endpoint = url.searchParams.get('endpoint') ?? undefined
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:\/\/[^@/?#]+\/?$/.test(endpoint)))
    throw wrong(`The endpoint of ${name} is not of the form https://host.`)
  const region = url.searchParams.get('region') ?? undefined
  return { kind: 's3', name, bucket, prefix, endpoint, region }
}

function git(name: string, url: URL, path: string): Address {
  const remote = new URL(url)
  remote.search = ''
  const branch = url.searchParams.get('branch') ?? 'cassettes'
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(branch) || branch.includes('..'))
    throw wrong(`The branch of ${name} cannot have this name.`)
  if (path === '') throw wrong(`${name} names no repository.`)
  return { kind: 'git', name, remote: remote.href.slice('git+'.length), url, branch }
}

/** An address without what may be secret in it. */
const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`

const wrong = (message: string): RegistryError => new RegistryError('name', message)

/** The host that a token is for. */
export const hostOf = (address: Address): string | undefined =>
  'url' in address ? address.url.host || undefined : undefined

/**
 * The token for a registry. `CASSETTE_TOKEN` is `TOKEN`, for the host of `CASSETTE_REGISTRY`, or `TOKEN@HOST`.
 * @param isFromFile whether a file of the project named the address: whoever may change the file may not choose where the token goes
 * @throws {RegistryError} if the token is for another host, or names none and must
 */
export function tokenFor(
  address: Address,
  variable: string | undefined,
  isFromFile: boolean,
): string | undefined {
  if (variable === undefined || variable === '') return undefined
  const host = hostOf(address)
  const at = variable.lastIndexOf('@')
  const [token, of] = at < 0 ? [variable, undefined] : [variable.slice(0, at), variable.slice(at + 1)]
  if (host === undefined) return undefined
  if (/[^\x21-\x7e]/.test(token) || token === '')
    throw wrong(
      'CASSETTE_TOKEN has a character that no token has, such as a line end. Set it to the token alone.',
    )
  if (of !== undefined && of !== host)
    throw wrong(`CASSETTE_TOKEN is for ${of}, and the registry is at ${host}. The token was not sent.`)
  if (of === undefined && isFromFile)
    throw wrong(
      `A file names the registry ${address.name}, and CASSETTE_TOKEN does not say which host it is for. The token was not sent. Set ` +
        `CASSETTE_TOKEN to TOKEN@${host}, or CASSETTE_REGISTRY to the address.`,
    )
  return token
}
