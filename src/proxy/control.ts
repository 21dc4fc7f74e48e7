import { timingSafeEqual } from 'node:crypto'
import { isAbsolute, normalize } from 'node:path'

import { toError } from '../base/to-error.ts'
import { CassetteError } from '../errors/cassette-error.ts'
import { headerValue } from '../exchange/headers.ts'
import type { CassetteOptions } from '../session/options/options.ts'
import { type Client, reply } from './client.ts'
import type { Scope, Scopes } from './scopes.ts'
import { type CassetteSummary, summaryOf } from './summary.ts'

/** The path of the proxy itself. `/__cassette/ID/...` leads to the targets too, through the cassette with this id. */
export const CONTROL = '/__cassette'

/** What the control endpoints need of a proxy. */
export interface Control {
  readonly scopes: Scopes
  readonly token: string
  readonly options: CassetteOptions
  /** The URL of the proxy. */
  readonly url: string
  readonly closed: (summary: CassetteSummary) => void
}

/** A body larger than this is not for the control endpoints, bytes. */
const MAX_BYTES = 64 * 1024

/** The scope that a path names, and the rest of the path. */
export function scopeOfPath(scopes: Scopes, path: string): { scope: Scope; path: string } | undefined {
  const [, id = '', rest = ''] = /^\/__cassette\/([0-9a-f]{12})(\/.*)?$/s.exec(path) ?? []
  const scope = scopes.get(id)
  return scope && { scope, path: rest === '' ? '/' : rest }
}

/** Answers `POST /__cassette/open` and `/close`, with which programs in any language open a cassette for each test. */
export async function control(client: Client, given: Control): Promise<void> {
  try {
    const { status, json } = await answer(client, given)
    reply(client, status, [['content-type', 'application/json']], Buffer.from(JSON.stringify(json)))
  } catch (error) {
    const { message } = toError(error)
    const code = error instanceof CassetteError ? error.code : 'CASSETTE_PROXY'
    const text = JSON.stringify({ error: { code, message } })
    reply(client, 400, [['content-type', 'application/json']], Buffer.from(text))
  }
}

interface Answer {
  readonly status: number
  readonly json: unknown
}

const refuse = (status: number, message: string): Answer => ({ status, json: { error: { message } } })

async function answer(client: Client, { scopes, token, options, url, closed }: Control): Promise<Answer> {
  const [action] = client.path.slice(CONTROL.length + 1).split('?')
  if (action !== 'open' && action !== 'close')
    return refuse(
      404,
      'the proxy has POST /__cassette/open and POST /__cassette/close; no open cassette has this id',
    )
  if (client.method !== 'POST') return refuse(405, `use POST ${CONTROL}/${action}`)
  if (!isAllowed(client, token))
    return refuse(401, 'send the token that the proxy printed when it started: authorization: Bearer TOKEN')
  const asked = await bodyOf(client)
  if (asked === undefined) return refuse(400, 'the body is no JSON object')
  if (action === 'open') return open(asked, scopes, options, url)
  const scope = named(asked, scopes)
  if (!scope) return refuse(404, 'no such cassette is open; name the "id" that open gave, or its "path"')
  await scopes.finish(scope)
  const summary = summaryOf(scope.session)
  closed(summary)
  return { status: 200, json: summary }
}

function open(
  asked: Readonly<Record<string, unknown>>,
  scopes: Scopes,
  options: CassetteOptions,
  url: string,
): Answer {
  const { path, mode } = asked
  if (typeof path !== 'string' || !isInside(path))
    return refuse(
      400,
      '"path" must be a relative path of a .yaml file below the folder that the proxy runs in',
    )
  if (scopes.open.some(({ session }) => session.path === path))
    return refuse(409, `${path} is open already; close it first`)
  const scope = scopes.start(path, {
    ...options,
    ...(mode !== undefined && { mode: mode as NonNullable<CassetteOptions['mode']> }),
  })
  const { session } = scope
  const json = {
    id: scope.id,
    path,
    mode: session.mode,
    interactions: session.interactions,
    url: `${url}${CONTROL}/${scope.id}`,
  }
  return { status: 200, json }
}

const isInside = (path: string): boolean =>
  /\.ya?ml$/i.test(path) &&
  !path.includes('\0') &&
  !isAbsolute(path) &&
  !/^(?:\.\.(?:[/\\]|$)|[a-z]:)/i.test(normalize(path))

/** With neither an id nor a path, the one that is open. */
function named({ id, path }: Readonly<Record<string, unknown>>, scopes: Scopes): Scope | undefined {
  if (typeof id === 'string') return scopes.get(id)
  const found = scopes.open.filter(({ session }) => path === undefined || session.path === path)
  return found.length === 1 ? found[0] : undefined
}

function isAllowed({ headers }: Client, token: string): boolean {
  const bearer = /^Bearer +(.+)$/i.exec(headerValue(headers, 'authorization') ?? '')?.[1]
  const given = Buffer.from(headerValue(headers, 'x-cassette-token') ?? bearer ?? '')
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function bodyOf({ body }: Client): Promise<Record<string, unknown> | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Buffer)
    length += (chunk as Buffer).byteLength
    if (length > MAX_BYTES) return undefined
  }
  try {
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}')
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
