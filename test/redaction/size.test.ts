import assert from 'node:assert/strict'
import { bodyOf, redactorOf, exchangeOf, requestOf, sse, delta } from './helpers.ts'

const KEYS = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [
    `K${index}_TOKEN`,
    `key-${index}-${'aB3xY9qLw2'.repeat(4)}-${index * 7919}`,
  ]),
)

/** Milliseconds. The better of two runs, because the first one includes compiling. */
function timed(run: () => unknown): number {
  return Math.min(
    ...[0, 1].map(() => {
      const start = performance.now()
      run()
      return performance.now() - start
    }),
  )
}

// The limits are many times the time on an idle machine. They catch code whose time grows with the square of the size.
describe('redaction takes linear time for', function () {
  this.timeout(60_000)

  const redactor = redactorOf(undefined, KEYS)
  const words = 'Lorem ipsum dolor sit amet, "consetetur" sadipscing elitr.\nSed diam nonumy eirmod tempor. '
  const messages = Array.from({ length: 2500 }, (_, index) => ({
    role: 'user',
    content: `${index} ${words.repeat(20)}`,
  }))
  const json = Buffer.from(JSON.stringify({ model: 'x', messages }))
  assert.ok(json.length > 4_500_000)

  it('5 MB of JSON', () => {
    const request = requestOf(json)
    const time = timed(() => assert.equal(redactor.request(request).body, json))
    assert.ok(time < 15_000, `${time} ms`)
  })

  it('5 MB of JSON in one string of base64', () => {
    const image = Buffer.from(JSON.stringify({ image: Buffer.alloc(3_700_000, json).toString('base64') }))
    const time = timed(() => redactor.request(requestOf(image)))
    assert.ok(time < 15_000, `${time} ms`)
  })

  it('5 MB of events', () => {
    const body = sse(...Array.from({ length: 60_000 }, (_, index) => delta(`word ${index} `)))
    const exchange = exchangeOf(body, {
      type: 'text/event-stream',
      cuts: Array.from({ length: 60_000 }, (_, index) => index * 60),
    })
    const time = timed(() => redactor.exchange(exchange))
    assert.ok(time < 15_000, `${time} ms`)
  })

  describe('of 1 MB and more that are made to be slow', () => {
    const secret = KEYS['K0_TOKEN'] ?? ''
    const many = (text: string): string => text.repeat(Math.ceil(1_000_000 / text.length))
    const bodies: Readonly<Record<string, string>> = {
      'secrets in many strings': JSON.stringify(Array.from({ length: 20_000 }, () => secret)),
      'secrets and escapes in one string': JSON.stringify(many(`${secret}\n"/`)),
      'escaped quotes': JSON.stringify({ a: secret, b: many('"') }),
      'control characters': JSON.stringify({ a: secret, b: many('\u0001') }),
      'one letter': `{"a":"${secret}","b":"${many('a')}"}`,
      'broken lines': `{"a":"${secret}"}${many('[\n')}`,
      'deep nesting': `${many('{"a":')}"${secret}"`,
      'deep nesting that a path goes down': `${many('{"a":[')}"${secret}"`,
      backslashes: `"${many('\\')}"`,
      'percent signs': many('%25'),
      'an event of many lines': `data: {"a":[\n${many(`data: "${secret}",\n`)}data: 1]}\n\n`,
      'private keys that do not end': many('-----BEGIN PRIVATE KEY-----'),
      'bearers that bear nothing': many('Bearer+'),
      'signatures one in another': many('%26sig%3D'),
      'dots between nothing': many('eyJ.'),
      'a prefix again and again': many('sk-'),
      base64: Buffer.from(many(`user:${secret} `)).toString('base64'),
      'wrapped base64': Buffer.from(many(`user:${secret} `))
        .toString('base64')
        .replace(/.{76}/g, '$&\r\n'),
    }
    for (const [name, body] of Object.entries(bodies)) {
      it(name, () => {
        const type = body.startsWith('data:') ? 'text/event-stream' : 'application/json'
        const deep = redactorOf({ json: ['x.**.a', 'y.*.b[0].a'] }, KEYS)
        let redacted = ''
        const time = timed(() => (redacted = bodyOf(deep.request(requestOf(body, { type })))))
        assert.ok(time < 15_000, `${time} ms`)
        assert.ok(!redacted.includes(secret))
      })
    }

    it('multipart without blank lines', () => {
      const time = timed(() =>
        redactor.request(requestOf(many('--b\r\n'), { type: 'multipart/form-data; boundary=b' })),
      )
      assert.ok(time < 15_000, `${time} ms`)
    })
  })

  it('100 MB of bytes without a copy if nothing is found', () => {
    const bytes = Buffer.alloc(100_000_000)
    for (let at = 0; at < bytes.length; at += 97) bytes[at] = at & 255
    const exchange = exchangeOf('', { type: 'application/octet-stream' })
    const withBytes = {
      ...exchange,
      response: { ...exchange.response!, chunks: [{ data: bytes, delayMs: 0 }] },
    }
    const before = process.memoryUsage()
    const time = timed(() => assert.equal(redactor.exchange(withBytes).response?.chunks[0]?.data, bytes))
    const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers
    assert.ok(time < 15_000, `${time} ms`)
    assert.ok(grown < 20_000_000, `${grown} bytes more`)
  })
})
