import { isMutable } from '../registry/names.ts'
import { MAX_MANIFEST_BYTES } from '../registry/blob.ts'
import type { Listed, Store } from '../registry/store.ts'
import { RegistryError, type RegistryProblem } from '../errors/registry-error.ts'
import { checkKey } from './check-key.ts'
import { type Answer, httpClient, type Pace } from './http-client.ts'

/** What `cassette serve` sends with every answer. */
const MARK = 'cassette-registry'

const PROBLEMS: Readonly<Record<number, RegistryProblem>> = {
  400: 'name',
  401: 'denied',
  403: 'denied',
  405: 'unsupported',
  409: 'conflict',
  413: 'unsupported',
  422: 'corrupt',
  507: 'full',
}

/**
 * A registry that `cassette serve` serves.
 * @param token sent to this host only
 */
export async function httpStore(
  url: URL,
  name: string,
  token: string | undefined,
  pace?: Pace,
): Promise<Store> {
  const base = url.href.replace(/\/+$/, '')
  const client = await httpClient(name, pace)
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }

  const call = async (
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    more: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array } = {},
  ): Promise<Answer> => {
    const answer = await client.send({
      method,
      url: `${base}/v1/${path}`,
      headers: { ...headers, ...more.headers },
      limit: MAX_MANIFEST_BYTES,
      ...(more.body ? { body: more.body } : {}),
    })
    if (answer.headers[MARK] === undefined || answer.status >= 500) throw problemOf(answer, name, token)
    if ([200, 201, 204, 404, 412].includes(answer.status)) return answer
    throw problemOf(answer, name, token)
  }

  const get: Store['get'] = async (key) => {
    const answer = await call('GET', objectAt(key))
    if (answer.status === 404) return undefined
    return { bytes: answer.bytes, version: (answer.headers['etag'] ?? '').replaceAll('"', '') }
  }
  /** The answer to a first try may be lost: the object then is as this call wanted it. */
  const isMine = async (key: string, bytes: Uint8Array): Promise<boolean> => {
    const found = await get(key)
    return found !== undefined && Buffer.compare(found.bytes, bytes) === 0
  }
  const put = async (
    key: string,
    body: Uint8Array,
    condition: Readonly<Record<string, string>>,
  ): Promise<boolean> => {
    const answer = await call('PUT', objectAt(key), { body, headers: condition })
    if (answer.status === 412 && answer.retried && isMutable(key)) return isMine(key, body)
    return answer.status === 201 || answer.status === 204
  }

  return {
    name,
    get,
    putIfAbsent: async (key, bytes) => put(key, bytes, { 'if-none-match': '*' }),
    compareAndSet: async (key, bytes, version) => put(key, bytes, { 'if-match': `"${version}"` }),
    async *list(prefix): AsyncGenerator<Listed, void, void> {
      const answer = await call('GET', `list?prefix=${encodeURIComponent(prefix)}`)
      const lines = Buffer.from(answer.bytes).toString('utf8').trimEnd().split('\n')
      // The last line says that the list is whole.
      if (lines.pop() !== '{"end":true}')
        throw new RegistryError('unreachable', `The registry ${name} answered half of a list. Call it again.`)
      for (const line of lines) {
        const { key, modified } = JSON.parse(line) as Listed
        yield { key: checkKey(key), modified }
      }
    },
    async delete(key, version) {
      const condition = version === undefined ? {} : { 'if-match': `"${version}"` }
      return (await call('DELETE', objectAt(key), { headers: condition })).status === 204
    },
    close: () => client.close(),
  }
}

const objectAt = (key: string): string => `objects/${checkKey(key)}`

function problemOf(
  { status, headers, bytes }: Answer,
  name: string,
  token: string | undefined,
): RegistryError {
  if (headers[MARK] === undefined) {
    const moved =
      status >= 300 && status < 400
        ? ' It redirects, and a redirect is not followed: a token is for one host.'
        : ''
    return new RegistryError(
      'unreachable',
      `What answers at ${name} is no registry of cassette (status ${status}).${moved} Check the address, and the proxy in front.`,
    )
  }
  if (status === 401)
    return new RegistryError(
      'denied',
      `The registry ${name} ${token === undefined ? 'needs a token: set CASSETTE_TOKEN' : 'does not know this token: it is wrong, was revoked or has expired'}. ` +
        'Whoever runs it makes one with "cassette token create".',
    )
  return new RegistryError(
    PROBLEMS[status] ?? 'unreachable',
    `The registry ${name} refuses this (status ${status}): ${errorIn(bytes)}`,
  )
}

function errorIn(bytes: Uint8Array): string {
  try {
    const { error } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { error?: unknown }
    if (typeof error === 'string') return error.replaceAll(/\p{C}/gu, ' ').slice(0, 300)
  } catch {}
  return 'it does not say why.'
}
