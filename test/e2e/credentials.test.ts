import assert from 'node:assert/strict'
import { mock } from 'node:test'

import { fromHttp, fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers'
import { ManagedIdentityCredential } from '@azure/identity'
import { OAuth2Client } from 'google-auth-library'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import type { Handler } from '../helpers/server.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The id of a key in the documentation of AWS. */
const KEY_ID = ['AKIA', 'IOSFODNN7EXAMPLE'].join('')
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYz-not-real'

const inAnHour = (): Date => new Date(Date.now() + HOUR)

const xml = (action: string): string =>
  `<${action}Response><${action}Result><Credentials><AccessKeyId>${KEY_ID}</AccessKeyId><SecretAccessKey>${SECRET}</SecretAccessKey>` +
  `<SessionToken>IQoJb3JpZ2luX2VjEJr-not-real</SessionToken><Expiration>${inAnHour().toISOString()}</Expiration></Credentials>` +
  `<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>` +
  `</${action}Result></${action}Response>`

const ANSWERS: Readonly<Record<string, () => unknown>> = {
  '/ecs': () => ({
    AccessKeyId: KEY_ID,
    SecretAccessKey: SECRET,
    Token: 'IQoJ-not-real-token',
    Expiration: inAnHour().toISOString(),
  }),
  '/msi': () => ({
    access_token: 'not-a-real-token-of-azure',
    expires_on: String(Math.floor(inAnHour().getTime() / 1000)),
    resource: 'https://cognitiveservices.azure.com',
    token_type: 'Bearer',
  }),
  '/token': () => ({ access_token: 'ya29.not-a-real-token', expires_in: 3600, token_type: 'Bearer' }),
}

const handler: Handler = ({ path, body }, response) => {
  const answer = ANSWERS[path.split('?')[0] ?? '']
  response.setHeader('content-type', answer ? 'application/json' : 'text/xml')
  response.end(answer ? JSON.stringify(answer()) : xml(/Action=(\w+)/.exec(body.toString())?.[1] ?? ''))
}

describe('credentials in replay', () => {
  const bench = testBench(handler)
  const aws = (): object => ({ region: 'eu-west-1', endpoint: bench.url('/sts') })
  const roleArn = 'arn:aws:iam::111122223333:role/r'
  const environment = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']

  afterEach(() => {
    mock.timers.reset()
    for (const name of environment) delete process.env[name]
  })

  /** Each asks a new client for credentials, and returns when they expire. */
  const CLIENTS: Readonly<Record<string, () => Promise<Date | undefined>>> = {
    'fromHttp of the AWS SDK': async () =>
      (await fromHttp({ awsContainerCredentialsFullUri: bench.url('/ecs') })()).expiration,
    'fromTemporaryCredentials of the AWS SDK': async () =>
      (
        await fromTemporaryCredentials({
          masterCredentials: { accessKeyId: KEY_ID, secretAccessKey: SECRET },
          params: { RoleArn: roleArn },
          clientConfig: aws(),
        })()
      ).expiration,
    'fromWebToken of the AWS SDK': async () =>
      (await fromWebToken({ roleArn, webIdentityToken: 'not-a-real-web-token', clientConfig: aws() })())
        .expiration,
    '@azure/identity with a managed identity': async () => {
      process.env['IDENTITY_ENDPOINT'] = bench.url('/msi')
      process.env['IDENTITY_HEADER'] = 'not-a-real-header-value'
      const token = await new ManagedIdentityCredential().getToken(
        'https://cognitiveservices.azure.com/.default',
      )
      return new Date(token.expiresOnTimestamp)
    },
    'google-auth-library with a refresh token': async () => {
      const client = new OAuth2Client({
        clientId: 'id',
        clientSecret: 'not-a-real-secret',
        endpoints: { oauth2TokenUrl: bench.url('/token') },
      })
      client.setCredentials({ refresh_token: '1//not-a-real-refresh-token' })
      const { credentials } = await client.refreshAccessToken()
      return new Date(credentials.expiry_date ?? 0)
    },
  }

  for (const [name, ask] of Object.entries(CLIENTS))
    it(`are as fresh as they were, as often as they are asked for: ${name}`, async () => {
      await withCassette(bench.path(), { mode: 'once' }, ask)
      await bench.server.close()
      const real = Date.now()
      for (const days of [0, 1, 30, 3 * 365]) {
        mock.timers.enable({ apis: ['Date'], now: real + days * DAY })
        for (const times of [1, 3]) {
          const asked = async (): Promise<void> => {
            for (let at = 0; at < times; at++) {
              const left = ((await ask())?.getTime() ?? 0) - Date.now()
              assert.ok(Math.abs(left - HOUR) < 120_000, `expire in ${left} ms, after ${days} days`)
            }
          }
          await withCassette(bench.path(), { mode: 'none', strict: true }, asked)
        }
        mock.timers.reset()
      }
    })

  it('are no unused interactions', async () => {
    const client = CLIENTS['fromHttp of the AWS SDK']
    assert.ok(client)
    await withCassette(bench.path(), { mode: 'once' }, client)
    await withCassette(bench.path(), { mode: 'none', strict: true }, async () => {})
  })

  it('keep their times with refresh: false', async () => {
    const ask = async (): Promise<string> => (await fetch(bench.url('/ecs'))).text()
    const recorded = JSON.parse(await withCassette(bench.path(), { mode: 'once' }, ask)) as {
      Expiration: string
    }
    mock.timers.enable({ apis: ['Date'], now: Date.now() + DAY })
    const played = await withCassette(bench.path(), { mode: 'none', refresh: false }, ask)
    assert.ok(played.includes(recorded.Expiration))
  })
})
