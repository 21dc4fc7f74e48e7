import assert from 'node:assert/strict'
import { environmentSecrets } from '../../src/redaction/environment-secrets.ts'

const secretsOf = (env: Readonly<Record<string, string | undefined>>, ...keep: string[]): string[] =>
  environmentSecrets(env, new Set(keep))

const VALUE = 'a1b2c3d4e5'

describe('environmentSecrets', () => {
  for (const name of `OPENAI_API_KEY apikey GITHUB_TOKEN CLIENT_SECRET DB_PASSWORD MYSQL_PASSWD SSH_PASSPHRASE GOOGLE_CREDENTIALS BASIC_AUTH AUTHORIZATION npm_config__auth SESSION_COOKIE MY_JWT DB_PASS GH_PAT DB_PWD SENTRY_DSN AZURE_STORAGE_CONNECTION_STRING AWS_ACCESS_KEY_ID X_BEARER`.split(
    /\s+/,
  )) {
    it(`takes ${name}`, () => assert.deepEqual(secretsOf({ [name]: VALUE }), [VALUE]))
  }

  for (const name of [
    'PATH',
    'HOME',
    'USER',
    'GIT_AUTHOR_NAME',
    'XAUTHORITY',
    'KEYBOARD_LAYOUT',
    'TOKENIZER_MODEL',
    'PWD',
    'OLDPWD',
    'COMPASS',
    'DISPATCH',
  ]) {
    it(`leaves ${name}`, () => assert.deepEqual(secretsOf({ [name]: VALUE }), []))
  }

  it('takes values of 8 bytes of UTF-8, not of 7', () => {
    assert.deepEqual(
      secretsOf({ A_KEY: '12345ab', B_KEY: '12345abc', C_KEY: 'äöüä', D_KEY: undefined, E_KEY: '' }),
      ['12345abc', 'äöüä'],
    )
  })

  it('trims values, and takes the text in quotes or after an authentication scheme', () => {
    assert.deepEqual(secretsOf({ A_KEY: `  ${VALUE}\n` }), [VALUE])
    assert.deepEqual(secretsOf({ A_KEY: `"${VALUE}"` }), [`"${VALUE}"`, VALUE])
    assert.deepEqual(secretsOf({ A_AUTH: `Bearer ${VALUE}` }), [`Bearer ${VALUE}`, VALUE])
    assert.deepEqual(secretsOf({ A_AUTH: `user:${VALUE}` }), [`user:${VALUE}`, VALUE])
  })

  it('takes the password of a URL under any variable name, and leaves a URL without one', () => {
    assert.deepEqual(secretsOf({ DATABASE_URL: 'postgres://u:p%40ssword1@db/x' }), [
      'p%40ssword1',
      'p@ssword1',
    ])
    assert.deepEqual(
      secretsOf({ AUTH_URL: 'https://login.example.com/oauth2', DATABASE_URL: 'postgres://db/x' }),
      [],
    )
    const webhook = 'https://hooks.example.com/?token=abc'
    assert.deepEqual(secretsOf({ WEBHOOK_SECRET_URL: webhook }), [webhook])
  })

  it('takes the secret members of JSON credentials and of connection strings', () => {
    const json = JSON.stringify({
      type: 'service_account',
      private_key: `-----${VALUE}`,
      client_email: 'a@b.example',
    })
    assert.deepEqual(secretsOf({ GOOGLE_CREDENTIALS: json }), [json, `-----${VALUE}`])
    const text = `AccountName=name1234;AccountKey=${VALUE}==;EndpointSuffix=core.example`
    assert.deepEqual(secretsOf({ STORAGE_CONNECTION_STRING: text }), [text, `${VALUE}==`])
  })

  it('leaves file paths', () => {
    const env = {
      SSH_AUTH_SOCK: '/tmp/ssh-abc/agent.12',
      GOOGLE_APPLICATION_CREDENTIALS: '/etc/keys/service.json',
      TLS_KEY_FILE: 'certs/server/key.pem',
      WINDOWS_KEY_PATH: 'C:\\keys\\server.pem',
    }
    assert.deepEqual(secretsOf(env), [])
  })

  it('takes a base64 key that starts with a slash', () => {
    assert.deepEqual(secretsOf({ STORAGE_KEY: '/abc/defghij+klm==' }), ['/abc/defghij+klm=='])
  })

  it('leaves whole numbers, unless the name says password or secret', () => {
    assert.deepEqual(
      secretsOf({ MAX_TOKENS: '100000000', TOKEN_TTL: '86400000', DB_PASSWORD: '1234567890' }),
      ['1234567890'],
    )
  })

  it('leaves words that are never a secret', () => {
    assert.deepEqual(secretsOf({ DB_PASSWORD: 'postgres', ADMIN_PASSWORD: 'changeme', AUTH: 'disabled' }), [])
  })

  it('leaves the variables that the user keeps', () => {
    assert.deepEqual(secretsOf({ A_KEY: VALUE, B_KEY: `${VALUE}6` }, 'akey'), [`${VALUE}6`])
  })

  for (const [name, value] of [
    ['PARTITION_KEY', 'messages'],
    ['SORT_KEY', 'completions'],
    ['AUTH_METHOD', 'certificate'],
    ['TOKEN_TYPE', 'Authorization'],
    ['AUTH_DOMAIN', 'login.example.com'],
    ['KEY_VAULT', 'my-vault.vault.azure.net:443'],
    ['AUTH0_DOMAIN', 'tenant-1.eu.auth0.com'],
    ['COOKIE_DOMAIN', 'shop.co.uk'],
    ['TOKEN_ENDPOINT', 'https://login.example.com/oauth2/token'],
    ['KEY_RATIO', '0.12345678'],
    ['TOKEN_OFFSET', '-100000000'],
  ] as const)
    it(`leaves ${name}=${value}`, () => assert.deepEqual(secretsOf({ [name]: value }), []))

  for (const [name, value] of [
    ['DB_PASSWORD', 'messages'],
    ['CLIENT_SECRET', 'sunflower'],
    ['dbPassword', 'completions'],
    ['MYSQL_PWD', 'login.example.com'],
    ['ADMIN_PASS', '/run/abc'],
    ['SSH_PASSPHRASE', 'true-love'],
    ['API_KEY', 'two-words'],
    ['API_KEY', 'sixteenlettersab'],
    ['API_TOKEN', 'abc.defghi'],
  ] as const)
    it(`takes ${name}=${value}`, () => assert.deepEqual(secretsOf({ [name]: value }), [value]))

  it('takes a URL whose path is a credential, and its random parts', () => {
    const part = '9f8b2c7d1e4a5f60718293a4'
    const url = `https://hooks.example.com/services/T0/${part}`
    for (const name of ['ALERT_WEBHOOK', 'SLACK_WEBHOOK_URL', 'AUTH_URL', 'DEPLOY_KEY'])
      assert.deepEqual(secretsOf({ [name]: url }), [url, part], name)
    assert.deepEqual(secretsOf({ ALERT_WEBHOOK: 'https://hooks.example.com/services/list' }), [])
    assert.deepEqual(secretsOf({ HOME_PAGE: url }), [])
  })
})
