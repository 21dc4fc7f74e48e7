import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const SKEW_MS = 15 * 60_000

export interface S3Server {
  readonly url: string
  /** Signed requests that were accepted. */
  readonly accepted: () => number
  stop(): Promise<void>
}

export interface S3ServerOptions {
  /** How many keys a page of a list has. */
  readonly page?: number
  /** Answers in place of the server. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean
}

interface Item {
  readonly body: Buffer
  readonly etag: string
  readonly modified: string
}

/**
 * A server for tests after S3's documented API: Signature Version 4, GET, HEAD, PUT with If-None-Match and If-Match, DELETE and
 * ListObjectsV2, for the bucket `tapes` in path style.
 */
export async function startS3({ page = 1000, instead }: S3ServerOptions = {}): Promise<S3Server> {
  const items = new Map<string, Item>()
  let accepted = 0
  const server = createServer((request, response) => {
    if (instead?.(request, response) === true) return
    bodyOf(request).then(
      (body) => {
        const problem = signatureProblem(request, body)
        if (problem !== undefined) return fail(response, 403, problem)
        accepted += 1
        return answer(request, response, body)
      },
      () => response.destroy(),
    )
  })

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? '', 'http://s3.invalid')
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/')
    const key = rest.join('/')
    if (bucket !== 'tapes') return fail(response, 404, 'NoSuchBucket')
    if (key === '') return list(url, response)
    const found = items.get(key)
    switch (request.method) {
      case 'HEAD':
      case 'GET':
        if (!found) return fail(response, 404, 'NoSuchKey')
        response.writeHead(200, { etag: found.etag, 'content-length': found.body.length })
        return void response.end(request.method === 'GET' ? found.body : undefined)
      case 'PUT': {
        const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers
        if (ifNoneMatch === '*' && found) return fail(response, 412, 'PreconditionFailed')
        if (ifMatch !== undefined && !found) return fail(response, 404, 'NoSuchKey')
        if (ifMatch !== undefined && ifMatch !== found?.etag) return fail(response, 412, 'PreconditionFailed')
        const etag = `"${createHash('md5').update(body).digest('hex')}"`
        items.set(key, { body, etag, modified: new Date().toISOString() })
        return void response.writeHead(200, { etag }).end()
      }
      case 'DELETE':
        items.delete(key)
        return void response.writeHead(204).end()
      default:
        return fail(response, 405, 'MethodNotAllowed')
    }
  }

  function list({ searchParams }: URL, response: ServerResponse): void {
    if (searchParams.get('list-type') !== '2') return fail(response, 400, 'InvalidArgument')
    const prefix = searchParams.get('prefix') ?? ''
    const after = Buffer.from(searchParams.get('continuation-token') ?? '', 'base64').toString('utf8')
    const keys = [...items.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted()
    const shown = keys.slice(0, page)
    const isCut = keys.length > page
    const contents = shown.map((key) => {
      const { modified, etag, body } = items.get(key)!
      return `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size></Contents>`
    })
    const token = isCut
      ? `<NextContinuationToken>${Buffer.from(shown.at(-1)!).toString('base64')}</NextContinuationToken>`
      : ''
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`,
    )
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted: () => accepted,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>no</Message></Error>`,
  )
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest()

/** Checks Signature Version 4 of a request. @returns the code of the error */
function signatureProblem(request: IncomingMessage, body: Buffer): string | undefined {
  const { headers, method = '', url = '' } = request
  const [, id, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  const time = String(headers['x-amz-date'])
  if (id !== KEY_ID) return 'InvalidAccessKeyId'
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? []
  const sent = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (!(Math.abs(Date.now() - sent) < SKEW_MS)) return 'RequestTimeTooSkewed'
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch'
  const signed = names.split(';')
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signed.includes(name)))
    return 'AccessDenied'
  const [path = '', query = ''] = url.split('?')
  const canonical = [
    method,
    path,
    query
      .split('&')
      .filter(Boolean)
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .toSorted()
      .join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/\s+/g, ' ')}`),
    '',
    names,
    sha256(body),
  ].join('\n')
  const [date = '', region = '', service = '', end = ''] = scope.split('/')
  const key = [region, service, end].reduce((before, part) => hmac(before, part), hmac(`AWS4${SECRET}`, date))
  const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n'))
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch'
}
