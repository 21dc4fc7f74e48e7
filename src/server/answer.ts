import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { realNow } from '../clock.ts'
import { isKey, isMutable, projectOf } from '../registry/names.ts'
import type { Store } from '../registry/store.ts'
import { checkObject, limitOf } from './check-object.ts'
import { overview } from './page.ts'
import { json, Refused } from './refuse.ts'
import { mayDo, readTokens, recordOf, type TokenRecord } from './tokens.ts'

export interface ServerOptions {
  readonly store: Store
  /** The names of the projects. */
  readonly projects: () => Promise<readonly string[]>
  /** The folder of the tokens. */
  readonly folder: string
  readonly host: string
  readonly port: number
  /**
   * Checks what somebody wants to write.
   * @defaultValue that it is what its key says
   */
  readonly check?: (key: string, bytes: Uint8Array) => Promise<void>
  /** Writes a line of the log: JSON, without a secret. */
  readonly log: (line: string) => void
}

/** What the log tells of a request. No credential, and nothing that the client made up. */
export interface Told {
  project?: string
  what?: string
  token?: string
  bytes?: number
}

export interface Asked extends ServerOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly told: Told
}

/**
 * Answers a request.
 * @throws {Refused} with the status
 */
export async function answer(asked: Asked): Promise<void> {
  const { request, response, store, told } = asked
  const url = new URL(request.url ?? '/', 'http://registry.invalid')
  const path = decodeURIComponent(url.pathname)
  if (path === '/health') {
    told.what = 'health'
    await store.get('health/meta/probe')
    return json(response, 200, { status: 'ok' })
  }
  const token = holderOf(asked)
  told.token = token.id
  if (path === '/') {
    told.what = 'page'
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    const projects = await asked.projects()
    response.end(
      await overview(
        store,
        projects.filter((project) => mayDo(token, project, 'read')),
      ),
    )
    return undefined
  }
  if (path === '/v1/list') return list(asked, url.searchParams.get('prefix') ?? '', token)
  const key = path.startsWith('/v1/objects/') ? path.slice('/v1/objects/'.length) : undefined
  if (key === undefined) throw new Refused(404, 'There is nothing at this path.')
  if (!isKey(key)) throw new Refused(400, 'This is no key of a registry.')
  return object(asked, key, token)
}

/** The token that came with the request. A browser sends it as the password of Basic. */
function holderOf({ request, response, folder }: Asked): TokenRecord {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ')
  const isBasic = scheme.toLowerCase() === 'basic'
  const given = isBasic
    ? Buffer.from(value, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '')
    : value
  const record = recordOf(given, readTokens(folder), realNow())
  if (record) return record
  response.setHeader(
    'www-authenticate',
    request.url === '/' ? 'Basic realm="cassette: a token as password"' : 'Bearer',
  )
  throw new Refused(401, 'A token is needed that this registry knows.')
}

function check({ told }: Asked, key: string, token: TokenRecord, scope: 'read' | 'write'): void {
  const project = projectOf(key)
  told.project = project
  if (!mayDo(token, project, scope))
    throw new Refused(403, `The token ${token.id} may not ${scope} the project ${project}.`)
}

async function list(asked: Asked, prefix: string, token: TokenRecord): Promise<void> {
  const { response, store, told } = asked
  told.what = 'list'
  if (!/^[a-z0-9][a-z0-9._-]{0,99}\/[a-z0-9._~/-]*$/.test(prefix) || prefix.includes('..'))
    throw new Refused(400, 'A list needs a prefix with a project in it.')
  check(asked, prefix, token, 'read')
  response.setHeader('content-type', 'application/x-ndjson')
  for await (const one of store.list(prefix))
    if (!response.write(`${JSON.stringify(one)}\n`)) await drained(response)
  response.end('{"end":true}\n')
}

const drained = (response: ServerResponse): Promise<unknown> =>
  Promise.race([once(response, 'drain'), once(response, 'close')])

async function object(asked: Asked, key: string, token: TokenRecord): Promise<void> {
  const { request, response, store, told } = asked
  told.what = key.split('/')[1] ?? ''
  const ifMatch = /^"([\w.-]+)"$/.exec(request.headers['if-match'] ?? '')?.[1]
  switch (request.method) {
    case 'GET': {
      check(asked, key, token, 'read')
      const found = await store.get(key)
      if (!found) throw new Refused(404, 'There is no such object.')
      told.bytes = found.bytes.byteLength
      response.setHeader('content-type', 'application/octet-stream')
      response.setHeader('etag', `"${found.version}"`)
      response.setHeader('content-length', found.bytes.byteLength)
      response.end(found.bytes)
      return
    }
    case 'PUT': {
      check(asked, key, token, 'write')
      if (ifMatch === undefined && request.headers['if-none-match'] !== '*')
        throw new Refused(428, 'Writing needs If-None-Match: * or If-Match.')
      const bytes = await bodyOf(request, limitOf(key))
      told.bytes = bytes.byteLength
      await (asked.check ?? checkObject)(key, bytes)
      const isDone =
        ifMatch === undefined
          ? await store.putIfAbsent(key, bytes)
          : isMutable(key) && (await store.compareAndSet(key, bytes, ifMatch))
      if (!isDone) throw new Refused(412, 'The object is there already, or has another version.')
      response.statusCode = ifMatch === undefined ? 201 : 204
      response.end()
      return
    }
    case 'DELETE': {
      check(asked, key, token, 'write')
      if (isMutable(key) && ifMatch === undefined) throw new Refused(428, 'Removing this needs If-Match.')
      if (!(await store.delete(key, ifMatch)))
        throw new Refused(412, 'There is no such object, or it has another version.')
      response.statusCode = 204
      response.end()
      return
    }
    default:
      response.setHeader('allow', 'GET, PUT, DELETE')
      throw new Refused(405, 'Use GET, PUT or DELETE.')
  }
}

/** @throws {Refused} if the body is too large, or is not the one that its digest is of */
async function bodyOf(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const tooLarge = (): Refused => new Refused(413, `This object may have ${limit} bytes.`)
  if (Number(request.headers['content-length']) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength
    if (length > limit) throw tooLarge()
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const digest = request.headers['x-sha256']
  if (digest !== undefined && createHash('sha256').update(bytes).digest('hex') !== digest)
    throw new Refused(400, 'The body is not the one that X-Sha256 is of.')
  return bytes
}
