import assert from 'node:assert/strict'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { bytesOf, exchangeOf, redactorOf, requestOf, SECRET } from './helpers.ts'

const CODINGS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

describe('compressed bodies', () => {
  for (const [coding, compress] of Object.entries(CODINGS)) {
    it(`are decompressed to be searched, and stored decoded if something was found: ${coding}`, () => {
      const headers = [['content-encoding', coding]] as const
      const found = redactorOf().request(requestOf(compress(`{"a":"${SECRET}"}`), { headers }))
      assert.equal(bytesOf(found).toString(), '{"a":"REDACTED"}')
      assert.equal(found.contentDecoded, true)
      const clean = compress('{"a":"b"}')
      const kept = redactorOf().request(requestOf(clean, { headers }))
      assert.deepEqual([kept.body, kept.contentDecoded], [clean, undefined])
    })
  }

  it('are searched if they are cut short, in several codings, or bare deflate', () => {
    const body = gzipSync(JSON.stringify({ a: SECRET, b: 'x'.repeat(50) }))
    const cut = exchangeOf(body.subarray(0, -9), { headers: [['content-encoding', 'gzip']] })
    assert.match(bytesOf(redactorOf().exchange(cut)).toString(), /^\{"a":"REDACTED"/)
    const twice = exchangeOf(gzipSync(deflateRawSync(SECRET)), {
      headers: [['Content-Encoding', 'deflate, GZIP']],
    })
    const redacted = redactorOf().exchange(twice)
    assert.equal(bytesOf(redacted).toString(), 'REDACTED')
    assert.equal(redacted.response?.contentDecoded, true)
  })

  it('are not decoded a second time', () => {
    const headers = [['content-encoding', 'gzip']] as const
    const redacted = redactorOf().request({
      ...requestOf(`{"a":"${SECRET}"}`, { headers }),
      contentDecoded: true,
    })
    assert.equal(bytesOf(redacted).toString(), '{"a":"REDACTED"}')
  })

  it('are searched as they are if they cannot be decoded', () => {
    for (const coding of ['gzip', 'unknown']) {
      const redacted = redactorOf().request(
        requestOf(`\0 ${SECRET}`, { headers: [['content-encoding', coding]] }),
      )
      assert.ok(!bytesOf(redacted).includes(SECRET))
    }
  })
})
