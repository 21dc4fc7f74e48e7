import assert from 'node:assert/strict'
import { bodyOf, exchangeOf, redactorOf } from '../helpers.ts'

const redacted = (text: string): string =>
  bodyOf(redactorOf(undefined, {}).exchange(exchangeOf(text, { type: 'text/plain' })))
const mixed = (length: number): string => 'a1B2c3D4e5F6g7H8i9J0'.repeat(20).slice(0, length)
const hex = (length: number): string => '0123456789abcdef'.repeat(10).slice(0, length)

const KEYS: Readonly<Record<string, string>> = {
  'OpenAI, by project': `sk-proj-${mixed(60)}_${mixed(40)}-x`,
  'OpenAI, old': `sk-${mixed(48)}`,
  Anthropic: `sk-ant-api03-${mixed(40)}-${mixed(40)}_AA`,
  OpenRouter: `sk-or-v1-${hex(64)}`,
  DeepSeek: `sk-${hex(32)}`,
  'OpenAI, ephemeral': `ek_${mixed(32)}`,
  Google: `AIza${mixed(35)}`,
  'Google, OAuth': `ya29.${mixed(60)}`,
  'Google, client secret': `GOCSPX-${mixed(28)}`,
  AWS: 'AKIAIOSFODNN7EXAMPLE',
  'AWS, temporary': 'ASIAIOSFODNN7EXAMPLE',
  GitHub: `ghp_${mixed(36)}`,
  'GitHub, fine-grained': `github_pat_${mixed(22)}_${mixed(59)}`,
  GitLab: `glpat-${mixed(20)}`,
  Slack: `xoxb-123456789012-123456789012-${mixed(24)}`,
  'Hugging Face': `hf_${mixed(34)}`,
  Groq: `gsk_${mixed(52)}`,
  Replicate: `r8_${mixed(37)}`,
  xAI: `xai-${mixed(80)}`,
  Stripe: `sk_live_${mixed(24)}`,
  npm: `npm_${mixed(36)}`,
  SendGrid: `SG.${mixed(22)}.${mixed(43)}`,
  JWT: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${mixed(43)}`,
}

describe('the search for keys by their form', () => {
  for (const [name, key] of Object.entries(KEYS)) {
    it(name, () => {
      for (const [before, after] of [
        ['', ''],
        ['key: ', ', x'],
        ['("', '")'],
        ['x=', ' '],
        ['a.', ' '],
        ['{"k":"\\n', '\\n"}'],
        ['%20', '%20'],
        ['\\u0026', '"'],
      ])
        assert.equal(redacted(`${before}${key}${after}`), `${before}REDACTED${after}`)
    })
  }

  it('finds a bearer token of any kind', () => {
    assert.equal(redacted(`{"h":"Bearer ${mixed(24)}/+="}`), '{"h":"Bearer REDACTED"}')
    assert.equal(redacted(`bearer%20${mixed(24)}`), 'bearer%20REDACTED')
  })

  it('finds a private key, whole or cut short, with line ends escaped or not', () => {
    const lines = [
      '-----BEGIN RSA PRIVATE KEY-----',
      mixed(64),
      `${mixed(30)}==`,
      '-----END RSA PRIVATE KEY-----',
    ]
    for (const end of ['\n', '\r\n', '\\n', '\\\\n']) {
      assert.equal(redacted(`x ${lines.join(end)} y`), 'x REDACTED y')
      assert.ok(!redacted(lines.slice(0, 3).join(end)).includes(mixed(20)))
    }
  })

  it('finds the signature of a URL, however the URL is quoted', () => {
    const signed = (value: string): string => `see https:x?a=1&X-Amz-Signature=${value}&b`
    assert.equal(redacted(signed(hex(64))), signed('REDACTED'))
    assert.equal(redacted(`"x?sv=1\\u0026sig=${mixed(20)}%3D"`), '"x?sv=1\\u0026sig=REDACTED"')
    assert.equal(redacted(`u=x%3Fa%26api_key%3D${mixed(20)}`), 'u=x%3Fa%26api_key%3DREDACTED')
  })

  it('finds OAuth fields in JSON that is quoted in JSON', () => {
    assert.equal(
      redacted('{"text":"{\\"access_token\\":\\"abcdefghij\\",\\"n\\":1}"}'),
      '{"text":"{\\"access_token\\":\\"REDACTED\\",\\"n\\":1}"}',
    )
  })

  it('finds webhook URLs', () => {
    assert.equal(
      redacted('hooks.slack.com/services/T0000/B0000/abcdefghijkl.'),
      'hooks.slack.com/services/REDACTED.',
    )
  })

  for (const prose of [
    'use sk-learn-style-hyphenated-class-names-for-all-of-these-things',
    'class="sk-container-id-1 sk-text-repr-fallback"',
    'a task-specific risk-2025-assessment-of-everything-else',
    'Bearer authentication is described in RFC 6750, section 2.1',
    'the bearer of this letter-which-is-quite-long',
    'AKIA and AIza are prefixes; ghp_ too; eyJ starts a token',
    'call_abcdefghijklmnopqrstuvwxyz0123456789',
    'msg_01XhRHVXkKSCMGnaoHjpKax8',
    'https://x.example/?signature=no&design=1',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'thisisanyhf_word_that_is_long_enough_to_be_a_key_but_is_not',
    `sha512-${mixed(86)}==`,
    '550e8400-e29b-41d4-a716-446655440000',
    'sig=abcdefghijkl',
  ]) {
    it(`leaves ${JSON.stringify(prose)}`, () => assert.equal(redacted(prose), prose))
  }

  it('leaves base64 that has a prefix by chance', () => {
    for (const text of [`x${KEYS['OpenAI, old']}`, `CsAB_${KEYS['OpenAI, old']}`, `AAAA${KEYS['Google']}`])
      assert.equal(redacted(text), text)
  })
})
