import { randomUUID } from 'node:crypto'

import { MAX_MANIFEST_BYTES, sha256 } from '../registry/blob.ts'
import { sleep } from '../clock.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { isMutable } from '../registry/names.ts'
import type { Listed, Store, Stored } from '../registry/store.ts'
import { checkKey } from './check-key.ts'
import { type Answer, type Call, httpClient } from './http-client.ts'
import { optionalPackage } from './optional-package.ts'
import { codeIn, listIn, problemOf } from './s3-answers.ts'

const BUSY_TRIES = 20

export interface S3Options {
  readonly name: string
  readonly bucket: string
  /** What the keys of the registry begin with; may be empty. */
  readonly prefix: string
  readonly endpoint: string | undefined
  readonly region: string | undefined
  /** For the credentials and defaults of AWS: `AWS_ACCESS_KEY_ID` and so on. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A registry in a bucket of S3, or of a store that speaks its API with conditional writes. */
export async function s3Store({ name, bucket, prefix, env, ...given }: S3Options): Promise<Store> {
  const { AwsClient } = await optionalPackage('aws4fetch', () => import('aws4fetch'))
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env
  if (!accessKeyId || !secretAccessKey)
    throw new RegistryError(
      'denied',
      `The registry ${name} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.`,
    )
  const region = given.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1')
  const endpoint = given.endpoint ?? (env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined)
  const session = AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}
  const aws = new AwsClient({ accessKeyId, secretAccessKey, ...session, region, service: 's3' })
  const base = baseOf(bucket, region, endpoint)
  const start = prefix === '' ? '' : `${prefix}/`
  const client = await httpClient(name)

  const sign = async (call: Call): Promise<Call> => {
    const body = call.body ?? new Uint8Array()
    const signed = await aws.sign(call.url, {
      method: call.method,
      // The store checks that the body is the one that was signed.
      headers: { ...call.headers, 'x-amz-content-sha256': sha256(body) },
      ...(call.body ? { body: Buffer.from(call.body) } : {}),
    })
    return { ...call, headers: Object.fromEntries(signed.headers) }
  }
  const send = async (method: Call['method'], path: string, more: Partial<Call> = {}): Promise<Answer> => {
    const answer = await client.send(
      { method, url: `${base}${path}`, limit: MAX_MANIFEST_BYTES, ...more },
      sign,
    )
    const isTold = [200, 204, 404, 409, 412].includes(answer.status) && codeIn(answer) !== 'NoSuchBucket'
    if (!isTold) throw problemOf(answer, name)
    return answer
  }
  const pathOf = (key: string): string => `/${start}${checkKey(key)}`

  /** Also what was removed: an object that changes is empty then. */
  const read = async (key: string): Promise<Stored | undefined> => {
    const { status, bytes, headers } = await send('GET', pathOf(key))
    if (status !== 200) return undefined
    const length = headers['content-length']
    if (length !== undefined && Number(length) !== bytes.byteLength)
      throw new RegistryError(
        'unreachable',
        `The registry ${name} answered half of an object. Call it again.`,
      )
    return { bytes, version: headers['etag'] ?? '' }
  }
  const put = async (
    path: string,
    body: Uint8Array,
    condition: Readonly<Record<string, string>>,
  ): Promise<Answer> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await send('PUT', path, { body, headers: condition })
      // Another conditional write to this key runs right now.
      if (answer.status !== 409 || tries === BUSY_TRIES) return answer
      await sleep(10 * tries)
    }
  }
  const write = async (
    key: string,
    bytes: Uint8Array,
    condition: Readonly<Record<string, string>>,
  ): Promise<boolean> => {
    const answer = await put(pathOf(key), bytes, condition)
    if (answer.status === 412 && answer.retried && isMutable(key)) {
      // The answer to a first try was lost.
      const found = await read(key)
      return found !== undefined && Buffer.compare(found.bytes, bytes) === 0
    }
    return answer.status === 200
  }
  let checked: Promise<void> | undefined
  const writable = (): Promise<void> =>
    (checked ??= checkConditions(name, `/${start}cassette-probe/${randomUUID()}`, put, send))

  return {
    name,
    async get(key) {
      const found = await read(key)
      return found && found.bytes.byteLength > 0 ? found : undefined
    },
    async putIfAbsent(key, bytes) {
      checkKey(key)
      await writable()
      if (await write(key, bytes, { 'if-none-match': '*' })) return true
      const found = isMutable(key) ? await read(key) : undefined
      // It was removed.
      return found?.bytes.byteLength === 0 && write(key, bytes, { 'if-match': found.version })
    },
    async compareAndSet(key, bytes, version) {
      checkKey(key)
      await writable()
      return /^"[^"]*"$/.test(version) && write(key, bytes, { 'if-match': version })
    },
    async *list(from): AsyncGenerator<Listed, void, void> {
      for (let token = ''; ;) {
        const more = token === '' ? '' : `&continuation-token=${encodeURIComponent(token)}`
        const answer = await send('GET', `/?list-type=2&prefix=${encodeURIComponent(start + from)}${more}`)
        const page = listIn(answer, name)
        for (const { key, modified, bytes } of page.objects)
          if (key.startsWith(start) && bytes > 0) yield { key: key.slice(start.length), modified }
        if (page.next === undefined) return
        token = page.next
      }
    },
    async delete(key, version = '') {
      if (isMutable(key))
        return /^"[^"]*"$/.test(version) && write(key, new Uint8Array(), { 'if-match': version })
      if ((await send('HEAD', pathOf(key))).status !== 200) return false
      return (await send('DELETE', pathOf(key))).status === 204
    },
    close: () => client.close(),
  }
}

function baseOf(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${bucket}`
  const host = `s3.${region}.amazonaws.com`
  // A certificate is for one level of names.
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`
}

/**
 * Tries whether the store keeps to conditions, with an object of its own.
 * @throws {RegistryError} if it ignores them: two pushes would overwrite each other
 */
async function checkConditions(
  name: string,
  path: string,
  put: (path: string, body: Uint8Array, condition: Readonly<Record<string, string>>) => Promise<Answer>,
  send: (method: Call['method'], path: string) => Promise<Answer>,
): Promise<void> {
  const body = Buffer.from('cassette tries whether conditional writes work; this may be removed\n')
  await put(path, body, { 'if-none-match': '*' })
  try {
    const again = await put(path, body, { 'if-none-match': '*' })
    const wrong = await put(path, body, { 'if-match': '"00000000000000000000000000000000"' })
    const ignored = [
      again.status === 412 ? '' : 'If-None-Match',
      wrong.status === 412 ? '' : 'If-Match',
    ].filter(Boolean)
    if (ignored.length > 0)
      throw new RegistryError(
        'unsupported',
        `The store ${name} ignores ${ignored.join(' and ')} of S3's conditional writes, so two pushes would overwrite each other. Nothing was ` +
          'pushed. Use a newer version of it, or "cassette serve".',
      )
  } finally {
    await send('DELETE', path)
  }
}
