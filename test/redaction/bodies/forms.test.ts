import assert from 'node:assert/strict'
import { redactBody, SECRET } from '../helpers.ts'

const FORM = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=XX'

describe('form bodies', () => {
  it('hide OAuth fields and other credentials by name', () => {
    assert.equal(
      redactBody(
        'grant_type=refresh_token&client_id=me&client_secret=a%20b&refresh_token=c&code=d&token=e&password=',
        { type: FORM },
      ),
      'grant_type=refresh_token&client_id=me&client_secret=REDACTED&refresh_token=REDACTED&code=REDACTED&token=REDACTED&password=',
    )
  })

  it('do not change other fields', () => {
    const body = 'a=b+c%20d&scope=https%3A%2F%2Fx&x&=y&a=2'
    assert.equal(redactBody(body, { type: FORM }), body)
  })

  it('recognise names that are encoded or nested', () => {
    assert.equal(
      redactBody('user%5Bpassword%5D=x&client%5Fsecret=y', { type: FORM }),
      'user%5Bpassword%5D=REDACTED&client%5Fsecret=REDACTED',
    )
  })

  it('lose known secrets, encoded or not', () => {
    const value = `${SECRET}/ +ü`
    const body = new URLSearchParams({ a: value, b: btoa(`x:${SECRET}`) }).toString()
    const redacted = new URLSearchParams(redactBody(body, { type: FORM }, { patterns: [value] }))
    assert.equal(redacted.get('a'), 'REDACTED')
    assert.match(atob(redacted.get('b') ?? ''), /^x:REDACTED\.*$/)
  })

  it('are redacted without cutting a percent-encoding in two', () => {
    assert.equal(
      redactBody('a=x%41bcdefgh&b=1', { type: FORM }, { patterns: ['41bcdefgh'] }),
      'a=xREDACTED&b=1',
    )
    assert.equal(
      redactBody('a=x%41bcdefgh&b=1', { type: FORM }, { patterns: ['1bcdefghi', '1bcdefgh'] }),
      'a=xREDACTED&b=1',
    )
  })

  it('lose a secret that is encoded several times', () => {
    let value = 'pass/word & more'
    for (let level = 0; level < 7; level += 1) value = encodeURIComponent(value)
    assert.equal(redactBody(`a=${value}.`, { type: FORM }, { patterns: ['pass/word & more'] }), 'a=REDACTED.')
  })

  it('are recognised by their fields under another type', () => {
    assert.equal(
      redactBody('access_token=abc&scope=x', { type: 'text/plain' }),
      'access_token=REDACTED&scope=x',
    )
    assert.equal(redactBody('a=b&code=x', { type: 'text/plain' }), 'a=b&code=x')
  })
})

const part = (head: string, content: string, type = ''): string =>
  `--XX\r\nContent-Disposition: form-data; ${head}\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}\r\n${content}\r\n`

describe('multipart bodies', () => {
  it('hide fields by name, but not files', () => {
    const build = (password: string): string =>
      `${part('name="password"', password)}${part('name="model"', 'whisper-1')}${part('name="token"; filename="a.txt"', 'text', 'text/plain')}${part('name="key"', 'path/to/object')}--XX--\r\n`
    assert.equal(redactBody(build('hunter2'), { type: MULTIPART }), build('REDACTED'))
  })

  it('are redacted part by part, each by its own type', () => {
    const build = (inner: string, key: string): string =>
      `${part('name="meta"', JSON.stringify({ api_key: inner, n: 1 }), 'application/json')}${part('name="file"; filename="a.bin"', `\0\u0001${key}`, 'application/octet-stream')}--XX--\r\n`
    const hidden = 'REDACTED'.repeat(3).slice(0, SECRET.length)
    assert.equal(redactBody(build('x', SECRET), { type: MULTIPART }), build('REDACTED', hidden))
  })

  it('lose known secrets in part headers, preamble and epilogue', () => {
    const redacted = redactBody(
      `${SECRET}\r\n${part(`name="f"; filename="${SECRET}.txt"`, 'x')}--XX--\r\n${SECRET}`,
      { type: MULTIPART },
    )
    assert.ok(!redacted.includes(SECRET))
    assert.ok(redacted.includes('filename="REDACTED.txt"'))
  })

  it('do not confuse a delimiter with text that starts like one', () => {
    const build = (password: string): string =>
      `${part('name="text"', 'a\r\n--XXX\r\nb')}${part('name="password"', password)}--XX--\r\n`
    assert.equal(redactBody(build('--XXY'), { type: MULTIPART }), build('REDACTED'))
  })

  it('are searched even if they are cut short or not multipart', () => {
    assert.ok(!redactBody(part('name="a"', SECRET).slice(0, -2), { type: MULTIPART }).includes(SECRET))
    assert.ok(!redactBody(`nothing of that ${SECRET}`, { type: MULTIPART }).includes(SECRET))
  })
})
