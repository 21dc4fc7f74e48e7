import assert from 'node:assert/strict'

import { redactAnswer } from '../helpers.ts'

const KEY = 'q7Xb2Kd9fLw3RzT8vN1c'
const XML = 'application/xml'
const HTML = 'text/html; charset=utf-8'

describe('a credential without a shape in XML and HTML', () => {
  for (const [type, text] of [
    [XML, `<?xml version="1.0"?><r><Password>hunter2</Password><id>7</id></r>`],
    [XML, `<r><sts:SecretAccessKey>${KEY}</sts:SecretAccessKey></r>`],
    [XML, `<r><access_token><![CDATA[${KEY}]]></access_token></r>`],
    [XML, `<r><apiKey>\n  ${KEY}\n</apiKey></r>`],
    [XML, `<r api_key="${KEY}" n='1'/>`],
    [XML, `<r><add key="ClientSecret" value="${KEY}"/></r>`],
    [XML, `<r><string name="api_key">${KEY}</string></r>`],
    [HTML, `<!doctype html><form><input type="hidden" name="csrf_token" value="${KEY}"></form>`],
    [HTML, `<html><input value='${KEY}' type=hidden name='password'></html>`],
    [HTML, `<html><meta name="csrf-token" content="${KEY}"></html>`],
  ] as const) {
    it(`is redacted in ${text.replace(KEY, 'KEY').slice(0, 80)}`, () => {
      const redacted = redactAnswer(text, { type })
      assert.ok(!redacted.includes(KEY) && !redacted.includes('hunter2'), redacted)
      assert.match(redacted, /REDACTED/)
      assert.equal(redacted.replace(/REDACTED[\w-]*/, text.includes(KEY) ? KEY : 'hunter2'), text)
    })
  }

  it('leaves all else as it is', () => {
    const same = `<!doctype html><html><title>Token</title><label for="password">Password</label><input name="password" type="password">
<p class="token">word</p><code>${KEY}</code><a href="/reset?x=1" title="secret">secret</a><input name="city" value="Paris"></html>`
    assert.equal(redactAnswer(same, { type: HTML }), same)
    const listing = `<ListBucketResult><Contents><Key>${KEY}.txt</Key><ETag>"${KEY}"</ETag></Contents></ListBucketResult>`
    assert.equal(redactAnswer(listing, { type: XML }), listing)
  })
})
