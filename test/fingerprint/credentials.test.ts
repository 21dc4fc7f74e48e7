import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'

import type { ExchangeRequest } from '../../src/exchange/exchange.ts'
import { fingerprint } from '../../src/fingerprint/fingerprint.ts'
import { GivenValues } from '../../src/redaction/given/given-values.ts'
import { createRedactor } from '../../src/redaction/redactor.ts'

const given = new GivenValues()
given.recognise(() => new Set(['REDACTED-1', 'REDACTED-2']))
const redactor = createRedactor({ env: {}, given })

type Fields = Readonly<Record<string, string>>
const FORM = 'application/x-www-form-urlencoded'
const random = (): string => randomBytes(24).toString('base64url')
const seconds = (): number => Math.floor(Date.now() / 1000) + Math.floor(Math.random() * 1000)
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A signed assertion, which is another one for each request. */
const assertion = (claims: object): string =>
  [
    encoded({ alg: 'RS256', kid: 'k' }),
    encoded({ jti: randomUUID(), iat: seconds(), exp: seconds() + 60, ...claims }),
    random(),
  ].join('.')

const request = (method: string, url: string, type?: string, body?: string): ExchangeRequest => ({
  method,
  url,
  headers: type === undefined ? [] : [['content-type', type]],
  body: body === undefined ? null : Buffer.from(body),
})
const form = (url: string, fields: Fields): ExchangeRequest =>
  request('POST', url, FORM, new URLSearchParams(fields).toString())
const json = (url: string, fields: object): ExchangeRequest =>
  request('POST', url, 'application/json', JSON.stringify(fields))
const get = (url: string, query: Fields): ExchangeRequest =>
  request('GET', `${url}?${new URLSearchParams(query).toString()}`)

interface Asking {
  /** A request for these credentials. What does not count is new in each. */
  ask(who: Fields): ExchangeRequest
  /** Fields that count, with two values. */
  readonly counts: Readonly<Record<string, readonly [string, string]>>
}

const TOKEN = 'https://id.example/oauth2/v2.0/token'
const STS = 'https://sts.amazonaws.com/'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const ASKING: Readonly<Record<string, Asking>> = {
  'OAuth with a secret': {
    ask: (who) => form(TOKEN, { grant_type: 'client_credentials', client_secret: random(), ...who }),
    counts: { client_id: ['app', 'other'], scope: ['a', 'b'], audience: ['x', 'y'], resource: ['r', 's'] },
  },
  'OAuth with a code and PKCE': {
    ask: (who) =>
      form(TOKEN, {
        grant_type: 'authorization_code',
        code_verifier: random(),
        state: random(),
        ...who,
      }),
    counts: {
      client_id: ['app', 'other'],
      code: ['REDACTED-1', 'REDACTED-2'],
      redirect_uri: ['http://a/', 'http://b/'],
    },
  },
  'OAuth in JSON with PKCE': {
    ask: (who) =>
      json('https://id.example/oauth/token', {
        grant_type: 'authorization_code',
        code_verifier: random(),
        state: random(),
        ...who,
      }),
    counts: { client_id: ['app', 'other'], code: ['REDACTED-1', 'REDACTED-2'], audience: ['x', 'y'] },
  },
  'the start of OAuth with PKCE': {
    ask: (who) =>
      get('https://id.example/oauth2/authorize', {
        response_type: 'code',
        state: random(),
        nonce: random(),
        code_challenge: random(),
        ...who,
      }),
    counts: { client_id: ['app', 'other'], scope: ['a', 'b'], code_challenge_method: ['S256', 'plain'] },
  },
  'a refresh token': {
    ask: (who) => form(TOKEN, { grant_type: 'refresh_token', client_secret: random(), ...who }),
    counts: { client_id: ['app', 'other'], refresh_token: ['REDACTED-1', 'REDACTED-2'] },
  },
  'an exchange of tokens': {
    ask: (who) =>
      form('https://sts.googleapis.com/v1/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        ...who,
      }),
    counts: { audience: ['x', 'y'], scope: ['a', 'b'], subject_token: ['REDACTED-1', 'REDACTED-2'] },
  },
  'an assertion of a service account': {
    ask: ({ scope, ...who }) =>
      form('https://oauth2.googleapis.com/token', {
        grant_type: GRANT,
        assertion: assertion({ iss: 'me@x.iam', aud: 'https://oauth2.googleapis.com/token', scope, ...who }),
      }),
    counts: { iss: ['me@x.iam', 'you@x.iam'], scope: ['a', 'b'], sub: ['ann', 'bob'], aud: ['x', 'y'] },
  },
  'a client that signs an assertion': {
    ask: ({ scope = 's', ...who }) =>
      form(TOKEN, {
        grant_type: 'client_credentials',
        scope,
        client_assertion: assertion({ iss: 'app', sub: 'app', aud: TOKEN, ...who }),
      }),
    counts: { sub: ['app', 'other'], scope: ['a', 'b'] },
  },
  'a GitHub app': {
    ask: (who) => form(TOKEN, { grant_type: GRANT, assertion: assertion({ iss: '12345', ...who }) }),
    counts: { iss: ['12345', '12346'] },
  },
  'AWS STS, AssumeRole': {
    ask: (who) =>
      form(STS, {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleSessionName: `aws-sdk-js-${seconds()}000`,
        ...who,
      }),
    counts: { RoleArn: ['arn:a', 'arn:b'], ExternalId: ['x', 'y'], Policy: ['{}', '{"a":1}'] },
  },
  'AWS STS with a web identity': {
    ask: ({ sub, ...who }) =>
      form(STS, {
        Action: 'AssumeRoleWithWebIdentity',
        RoleSessionName: `session-${seconds()}`,
        WebIdentityToken: assertion({ iss: 'https://oidc.eks', aud: 'sts.amazonaws.com', sub }),
        ...who,
      }),
    counts: { RoleArn: ['arn:a', 'arn:b'], sub: ['pod-a', 'pod-b'] },
  },
  'AWS SSO': {
    ask: (who) => json('https://oidc.eu-west-1.amazonaws.com/token', { clientSecret: random(), ...who }),
    counts: { clientId: ['app', 'other'], grantType: ['refresh_token', 'device'] },
  },
  'Vault, user and password': {
    ask: ({ name = 'ann', ...who }) =>
      json(`https://vault.example/v1/auth/userpass/login/${name}`, { password: random(), ...who }),
    counts: { name: ['ann', 'bob'] },
  },
  'Vault, AppRole': {
    ask: (who) => json('https://vault.example/v1/auth/approle/login', { secret_id: randomUUID(), ...who }),
    counts: { role_id: ['db-role', 'web-role'] },
  },
  'Vault, Kubernetes': {
    ask: ({ role = 'r', ...who }) =>
      json('https://vault.example/v1/auth/kubernetes/login', {
        role,
        jwt: assertion({ iss: 'kubernetes/serviceaccount', ...who }),
      }),
    counts: { role: ['db', 'web'], sub: ['system:a', 'system:b'] },
  },
  'Vault, AWS': {
    ask: (who) =>
      json('https://vault.example/v1/auth/aws/login', {
        iam_http_request_method: 'POST',
        iam_request_url: Buffer.from(STS).toString('base64'),
        iam_request_body: Buffer.from('Action=GetCallerIdentity').toString('base64'),
        iam_request_headers: Buffer.from(
          JSON.stringify({
            Authorization: [`AWS4-HMAC-SHA256 Signature=${randomBytes(32).toString('hex')}`],
          }),
        ).toString('base64'),
        ...who,
      }),
    counts: { role: ['db', 'web'] },
  },
  'the metadata of an Azure machine': {
    ask: (who) =>
      get('http://169.254.169.254/metadata/identity/oauth2/token', { 'api-version': '2018-02-01', ...who }),
    counts: { resource: ['https://vault', 'https://storage'], client_id: ['a', 'b'] },
  },
}

const keyOf = (asked: ExchangeRequest): string => fingerprint(redactor.request(asked)).matchKey

describe('the key of a request for credentials', () => {
  for (const [title, { ask, counts }] of Object.entries(ASKING))
    it(`has what is asked for and for whom: ${title}`, () => {
      const first = Object.fromEntries(Object.entries(counts).map(([name, [value]]) => [name, value]))
      const key = keyOf(ask(first))
      assert.equal(keyOf(ask(first)), key, 'what is new in each request does not count')
      for (const [name, [, other]] of Object.entries(counts))
        assert.notEqual(keyOf(ask({ ...first, [name]: other })), key, name)
    })

  it('has nothing of what signs or proves', () => {
    for (const [title, { ask, counts }] of Object.entries(ASKING)) {
      const first = Object.fromEntries(Object.entries(counts).map(([name, [value]]) => [name, value]))
      const { url, body } = redactor.request(ask(first))
      const text = `${url} ${String(body)}`
      assert.doesNotMatch(text, /eyJ[\w-]{20}|AWS4|[\w-]{36}|[0-9a-f]{8}-[0-9a-f]{4}/, title)
    }
  })
})
