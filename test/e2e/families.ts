import { randomBytes, randomUUID } from 'node:crypto'

import type { SeenRequest } from '../helpers/server.ts'

type Headers = Readonly<Record<string, string>>
interface Answer {
  readonly status?: number
  readonly headers?: Headers
  /** JSON, unless it is a text. */
  readonly body: unknown
}
/** Asks a server, as a client of the family does. The server is the origin of the family in each path. */
export type Ask = (
  method: string,
  path: string,
  init?: { readonly headers?: Headers; readonly body?: string },
) => Promise<Response>

/** An API whose requests are written as its documentation shows them. */
export interface Family {
  /** Its server. Each run has a new one, with new secrets. */
  serve(): (request: SeenRequest) => Answer
  /** What a program learns. It is the same live and in replay. */
  run(ask: Ask): Promise<unknown[]>
  /** The same program, but for one thing that the API answers in another way. It has no recording. */
  other?(ask: Ask): Promise<unknown>
}

const random = (): string => randomBytes(20).toString('hex')
const json = (value: unknown): string => JSON.stringify(value)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }
const form = (fields: Headers): string => new URLSearchParams(fields).toString()
const textOf = async (answer: Promise<Response>): Promise<string> => (await answer).text()
const jsonOf = async (answer: Promise<Response>): Promise<Record<string, string>> =>
  (await (await answer).json()) as Record<string, string>

/** OData 4.0, section 11.7, as Azure Tables send it. */
function batch(entities: readonly string[]): { headers: Headers; body: string } {
  const [outer, inner] = [`batch_${randomUUID()}`, `changeset_${randomUUID()}`]
  const changes = entities.map(
    (entity) =>
      `--${inner}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nPOST /people HTTP/1.1\r\n` +
      `Content-Type: application/json\r\n\r\n${json({ name: entity })}\r\n`,
  )
  const body = `--${outer}\r\nContent-Type: multipart/mixed; boundary=${inner}\r\n\r\n${changes.join('')}--${inner}--\r\n--${outer}--\r\n`
  return { headers: { 'content-type': `multipart/mixed; boundary=${outer}` }, body }
}

const signed = (target: string): Headers => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `DynamoDB_20120810.${target}`,
  'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
  'amz-sdk-invocation-id': randomUUID(),
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu/dynamodb/aws4_request, Signature=${random()}`,
})

export const FAMILIES: Readonly<Record<string, Family>> = {
  'OData $batch': {
    serve:
      () =>
      ({ body }) => ({ body: [...body.toString().matchAll(/"name":"(\w+)"/g)].map(([, name]) => name) }),
    run: async (ask) => [
      await textOf(ask('POST', '/odata/$batch', batch(['ann', 'bob']))),
      await textOf(ask('POST', '/odata/$batch', batch(['cid']))),
    ],
    other: (ask) => textOf(ask('POST', '/odata/$batch', batch(['ann', 'eve']))),
  },
  SOAP: {
    serve:
      () =>
      ({ headers }) => ({
        headers: { 'content-type': 'text/xml' },
        body: `<r>${String(headers['soapaction'])}</r>`,
      }),
    run: async (ask) => [
      await textOf(
        ask('POST', '/soap', { headers: { 'content-type': 'text/xml', soapaction: '"Get"' }, body: '<e/>' }),
      ),
      await textOf(
        ask('POST', '/soap', { headers: { 'content-type': 'text/xml', soapaction: '"List"' }, body: '<e/>' }),
      ),
    ],
    other: (ask) =>
      textOf(
        ask('POST', '/soap', {
          headers: { 'content-type': 'text/xml', soapaction: '"Delete"' },
          body: '<e/>',
        }),
      ),
  },
  DynamoDB: {
    serve:
      () =>
      ({ headers }) => ({ body: { did: headers['x-amz-target'] } }),
    run: async (ask) => [
      await textOf(
        ask('POST', '/', { headers: signed('GetItem'), body: '{"TableName":"t","Key":{"id":{"S":"1"}}}' }),
      ),
      await textOf(
        ask('POST', '/', { headers: signed('Query'), body: '{"TableName":"t","Key":{"id":{"S":"1"}}}' }),
      ),
    ],
    other: (ask) =>
      textOf(
        ask('POST', '/', { headers: signed('DeleteItem'), body: '{"TableName":"t","Key":{"id":{"S":"1"}}}' }),
      ),
  },
  Vault: {
    serve() {
      const tokens = new Map<unknown, string>()
      return ({ path, headers }) => {
        const [, user] = /login\/(\w+)$/.exec(path) ?? []
        if (user === undefined) return { body: { data: { of: tokens.get(headers['x-vault-token']) } } }
        const token = `hvs.${random()}`
        tokens.set(token, user)
        return {
          body: {
            auth: { client_token: token, accessor: 'an-accessor', lease_duration: 3600, renewable: true },
          },
        }
      }
    },
    async run(ask) {
      const tokens: string[] = []
      for (const user of ['ann', 'bob']) {
        const answer = ask('POST', `/v1/auth/userpass/login/${user}`, { body: json({ password: random() }) })
        tokens.push(((await (await answer).json()) as { auth: { client_token: string } }).auth.client_token)
      }
      const answers: unknown[] = []
      for (const token of tokens)
        answers.push(await textOf(ask('GET', '/v1/secret/data/app', { headers: { 'x-vault-token': token } })))
      return answers
    },
  },
  'a site with forms and a cookie jar, as Django makes it': {
    serve() {
      const sessions = new Map<string, string>()
      return ({ method, path, headers, body }) => {
        const cookie = headers.cookie ?? ''
        if (method === 'GET' && path === '/login') {
          const token = random()
          const html = `<form><input type="hidden" name="csrfmiddlewaretoken" value="${token}"></form>`
          return {
            headers: { 'content-type': 'text/html', 'set-cookie': `csrftoken=${token}; Path=/` },
            body: html,
          }
        }
        const fields = new URLSearchParams(body.toString())
        if (path === '/login') {
          if (!cookie.includes(fields.get('csrfmiddlewaretoken') ?? '?')) return { status: 403, body: 'CSRF' }
          const id = random()
          sessions.set(id, fields.get('username') ?? '')
          return {
            status: 302,
            headers: { location: '/me', 'set-cookie': `sessionid=${id}; HttpOnly; Path=/` },
            body: '',
          }
        }
        const id = /sessionid=(\w+)/.exec(cookie)?.[1] ?? ''
        return { headers: { 'content-type': 'text/html' }, body: `<h1>${sessions.get(id)}</h1>` }
      }
    },
    async run(ask) {
      const visit = async (username: string): Promise<string> => {
        const jar = new Map<string, string>()
        const keep = (answer: Response): Response => {
          for (const line of answer.headers.getSetCookie()) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
            jar.set(name, value)
          }
          return answer
        }
        const cookies = (): Headers => ({ cookie: [...jar].map((pair) => pair.join('=')).join('; ') })
        const page = await keep(await ask('GET', '/login')).text()
        const csrfmiddlewaretoken = /value="([^"]*)"/.exec(page)?.[1] ?? ''
        const body = form({ csrfmiddlewaretoken, username, password: random() })
        keep(await ask('POST', '/login', { headers: { ...FORM, ...cookies() }, body }))
        return textOf(ask('GET', '/me', { headers: cookies() }))
      }
      return [await visit('ann'), await visit('bob')]
    },
  },
  Stripe: {
    serve() {
      const made = new Map<string, number>()
      return ({ headers, body }) => {
        const account = String(headers['stripe-account'] ?? 'own')
        made.set(account, (made.get(account) ?? 0) + 1)
        const amount = new URLSearchParams(body.toString()).get('amount')
        return { body: { id: `pi_${account}_${made.get(account)}`, object: 'payment_intent', amount } }
      }
    },
    async run(ask) {
      const pay = (amount: string, account?: string): Promise<string> =>
        textOf(
          ask('POST', '/v1/payment_intents', {
            headers: {
              ...FORM,
              authorization: `Bearer ${random()}`,
              'idempotency-key': `stripe-node-retry-${randomUUID()}`,
              'stripe-version': '2026-01-28',
              ...(account !== undefined && { 'stripe-account': account }),
            },
            body: form({ amount, currency: 'eur', 'payment_method_types[0]': 'card' }),
          }),
        )
      return [await pay('100'), await pay('200'), await pay('100', 'acct_1'), await pay('100', 'acct_2')]
    },
    other: (ask) =>
      textOf(
        ask('POST', '/v1/payment_intents', {
          headers: { ...FORM, 'stripe-account': 'acct_3' },
          body: form({ amount: '100' }),
        }),
      ),
  },
  'Octokit, as an app': {
    serve() {
      const tokens = new Map<string, string>()
      return ({ path, headers }) => {
        const [, id] = /installations\/(\d+)\/access_tokens/.exec(path) ?? []
        const sent = String(headers.authorization).replace(/^token /, '')
        if (id === undefined) return { body: { of: tokens.get(sent) ?? null, as: headers.accept } }
        const token = `ghs_${randomBytes(18).toString('hex')}`
        tokens.set(token, id)
        return { status: 201, body: { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() } }
      }
    },
    async run(ask) {
      const tokens: string[] = []
      for (const id of ['1', '2'])
        tokens.push(
          (
            await jsonOf(
              ask('POST', `/app/installations/${id}/access_tokens`, {
                headers: { authorization: `bearer ${random()}` },
              }),
            )
          )['token'] ?? '',
        )
      const answers: unknown[] = []
      for (const token of tokens)
        for (const kind of ['application/vnd.github.v3+json', 'application/vnd.github.v3.diff'])
          answers.push(
            await textOf(
              ask('GET', '/repos/a/b/pulls/1', {
                headers: { accept: kind, authorization: `token ${token}` },
              }),
            ),
          )
      return answers
    },
    other: (ask) =>
      textOf(ask('GET', '/repos/a/b/pulls/1', { headers: { accept: 'application/vnd.github.v3.patch' } })),
  },
  Slack: {
    serve:
      () =>
      ({ body }) => {
        const cursor = new URLSearchParams(body.toString()).get('cursor') ?? ''
        return {
          body: {
            ok: true,
            page: cursor,
            response_metadata: { next_cursor: cursor === '' ? 'dXNlcjpVMEc5V0ZYTlo=' : '' },
          },
        }
      },
    async run(ask) {
      const pages: unknown[] = []
      for (let cursor: string | undefined; cursor !== '';) {
        const fields = { token: `xoxb-${random()}`, limit: '2', ...(cursor !== undefined && { cursor }) }
        const page = (await (
          await ask('POST', '/api/users.list', { headers: FORM, body: form(fields) })
        ).json()) as {
          page: string
          response_metadata: { next_cursor: string }
        }
        pages.push(page.page)
        cursor = page.response_metadata.next_cursor
      }
      return pages
    },
    other: (ask) =>
      textOf(
        ask('POST', '/api/users.list', { headers: FORM, body: form({ limit: '2', cursor: 'c2Vjb25k' }) }),
      ),
  },
  'the store of LangGraph': {
    serve() {
      const items = new Map<string, unknown>()
      return ({ method, path, body }) => {
        const asked = body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {}
        if (method === 'PUT') items.set(json([asked['namespace'], asked['key']]), asked['value'])
        const query = new URL(path, 'http://a').searchParams
        const key = json([query.get('namespace')?.split('.'), query.get('key')])
        return {
          body: method === 'PUT' ? {} : { value: items.get(key) ?? null, searched: asked['query'] ?? null },
        }
      }
    },
    async run(ask) {
      const put = (key: string, value: object): Promise<string> =>
        textOf(
          ask('PUT', '/store/items', {
            headers: JSON_TYPE,
            body: json({ namespace: ['users', 'ann'], key, value }),
          }),
        )
      const get = (key: string): Promise<string> =>
        textOf(ask('GET', `/store/items?namespace=users.ann&key=${key}`))
      const search = (query: string): Promise<string> =>
        textOf(
          ask('POST', '/store/items/search', {
            headers: JSON_TYPE,
            body: json({ namespace_prefix: ['users'], query }),
          }),
        )
      return [
        await get('tea'),
        await put('tea', { likes: true }),
        await get('tea'),
        await search('drinks'),
        await search('food'),
      ]
    },
    other: (ask) => textOf(ask('GET', '/store/items?namespace=users.ann&key=milk')),
  },
  'the transport of useChat': {
    serve:
      () =>
      ({ body }) => {
        const { messages } = JSON.parse(body.toString()) as { messages: { parts: { text: string }[] }[] }
        const said = messages.at(-1)?.parts[0]?.text
        return {
          headers: { 'content-type': 'text/event-stream' },
          body: `data: ${json({ type: 'text-delta', delta: said })}\n\ndata: [DONE]\n\n`,
        }
      },
    run: async (ask) =>
      Promise.all(
        ['hello', 'bye'].map((text) =>
          textOf(
            ask('POST', '/api/chat', {
              headers: JSON_TYPE,
              body: json({
                id: 'chat',
                messages: [{ id: 'one', role: 'user', parts: [{ type: 'text', text }] }],
                trigger: 'submit-message',
              }),
            }),
          ),
        ),
      ),
    other: (ask) =>
      textOf(
        ask('POST', '/api/chat', {
          headers: JSON_TYPE,
          body: json({ id: 'chat', messages: [{ role: 'user', parts: [{ text: 'else' }] }] }),
        }),
      ),
  },
}
