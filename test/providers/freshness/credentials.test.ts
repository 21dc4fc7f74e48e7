import assert from 'node:assert/strict'

import {
  asksForCredentials,
  givesCredentials,
  shiftExpiries,
} from '../../../src/providers/freshness/credentials.ts'

const DAY = 86_400

describe('a body that gives credentials', () => {
  const bodies: readonly (readonly [what: string, before: string, after: string])[] = [
    [
      'of ECS and EC2',
      '{ "AccessKeyId" : "A", "Token": "t",\n "Expiration" : "2026-12-01T00:00:00Z", "LastUpdated":"2026-11-30T18:00:00Z"}',
      '{ "AccessKeyId" : "A", "Token": "t",\n "Expiration" : "2026-12-02T00:00:00Z", "LastUpdated":"2026-12-01T18:00:00Z"}',
    ],
    [
      'of AWS SSO, with ms',
      '{"roleCredentials":{"accessKeyId":"A","expiration":1767225600000}}',
      '{"roleCredentials":{"accessKeyId":"A","expiration":1767312000000}}',
    ],
    [
      'of Cognito, with a fraction',
      '{"Credentials":{"SessionToken":"t","Expiration":1.7672256E9}}',
      '{"Credentials":{"SessionToken":"t","Expiration":1767312000}}',
    ],
    [
      'of Azure, with digits',
      '{"access_token":"t","expires_in":"3599","expires_on":"1767225600","not_before":"1767222000"}',
      '{"access_token":"t","expires_in":"3599","expires_on":"1767312000","not_before":"1767308400"}',
    ],
    [
      'of STS',
      '<R><SessionToken>t</SessionToken><Expiration>2026-12-01T00:00:00Z</Expiration></R>',
      '<R><SessionToken>t</SessionToken><Expiration>2026-12-02T00:00:00Z</Expiration></R>',
    ],
  ]
  for (const [what, before, after] of bodies)
    it(`expires as long after now as it did: ${what}`, () => {
      assert.ok(givesCredentials(before))
      assert.equal(shiftExpiries(before, DAY), after)
    })

  for (const other of [
    '{"id":"order","expires_at":"2026-12-01T00:00:00Z"}',
    '{"offer":{"expiration":1767225600},"token_count":7}',
    '{"token":"t","created":1767225600}',
    '<Coupon><Expiration>2026-12-01T00:00:00Z</Expiration></Coupon>',
    'expires_on=1767225600',
    '',
  ])
    it(`is none: ${other}`, () => {
      assert.ok(!givesCredentials(other))
      assert.equal(shiftExpiries(other, DAY), other)
    })
})

describe('a request for credentials', () => {
  for (const url of [
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/role',
    'http://169.254.169.254/latest/api/token',
    'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token?scopes=a',
    'http://169.254.169.254/metadata/identity/oauth2/token?resource=r',
    'https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
    'https://vault.example/v1/auth/approle/login',
  ])
    it(`is known by its path: ${url}`, () => assert.ok(asksForCredentials(url, '')))

  it('is known by its form', () => {
    assert.ok(
      asksForCredentials('https://sts.amazonaws.com/', 'Version=2011-06-15&Action=AssumeRoleWithWebIdentity'),
    )
    assert.ok(asksForCredentials('https://id.example/connect', 'client_id=a&grant_type=client_credentials'))
    assert.ok(!asksForCredentials('https://shop.example/orders', 'action=buy'))
  })
})
