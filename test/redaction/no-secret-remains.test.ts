import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { bytesOf, exchangeOf, redactorOf, requestOf, sse } from './helpers.ts'

/** Secrets of all kinds: keys, passwords with any punctuation, base64, several lines, any Unicode. */
const secrets = fc
  .oneof(
    fc.base64String({ minLength: 12, maxLength: 60 }),
    fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/),
    fc.string({ minLength: 8, maxLength: 30, unit: 'grapheme-ascii' }),
    fc.string({ minLength: 8, maxLength: 20, unit: 'grapheme' }),
    fc
      .array(fc.stringMatching(/^[A-Za-z0-9+/]{10,20}$/), { minLength: 2, maxLength: 4 })
      .map((lines) => lines.join('\n')),
  )
  .map((secret) => secret.trim())
  // Documented as not found: too short, a number, a path, a URL, or the same characters as a placeholder.
  .filter(
    (secret) => Buffer.byteLength(secret) >= 8 && !/^\d+$|^[/~.]|^\w+:\/\/|^["'{]|REDACTED/.test(secret),
  )

/** Secrets that cannot be the name of anything, so that they are replaced in names and paths too. */
const unmistakable = secrets.map((secret) => `${secret}!x7Kq9Zp2v`)

const around = fc.tuple(
  fc.string({ maxLength: 8, unit: 'grapheme-ascii' }),
  fc.string({ maxLength: 8, unit: 'grapheme-ascii' }),
)

/** Every literal form of a secret that must not remain. For base64: the part that does not depend on the surroundings. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const core = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const encoded = encodeURIComponent(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    encoded,
    encoded.replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ x: secret }).toString().slice(2),
    ...base64,
  ]
}

function assertGone(secret: string, redacted: string): void {
  for (const form of formsOf(secret))
    assert.ok(!redacted.includes(form), `${JSON.stringify(form)} is left in ${redacted}`)
}

function textOf(exchange: Exchange): string {
  const { request, response, failure } = exchange
  return [
    request.url,
    ...[...request.headers, ...(response?.headers ?? []), ...(response?.trailers ?? [])].flat(),
    Buffer.from(request.body ?? []).toString(),
    bytesOf(exchange).toString(),
    failure?.message ?? '',
  ].join('\n')
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')
const redactorFor = (secret: string) => redactorOf(undefined, { SOME_SECRET: secret })
const every = (secret: string, parts: readonly string[]): Exchange =>
  redactorFor(secret).exchange({
    ...exchangeOf(parts[0] ?? '', { type: 'text/plain' }),
    request: requestOf(parts[1] ?? '', { type: 'text/plain' }),
  })

describe('no secret remains', () => {
  it('in a URL: path, query, bare query, userinfo', () => {
    fc.assert(
      fc.property(unmistakable, around, (secret, [before, after]) => {
        const value = encodeURIComponent((before + secret + after).toWellFormed())
        const lower = value.replace(/%../g, (code) => code.toLowerCase())
        const url = `https://${encodeURIComponent(secret.toWellFormed())}@h.example/a/${lower}/b?q=${value}&${value}&r=${lower}`
        const redacted = redactorFor(secret).request(requestOf(null, { url, method: 'GET' })).url
        assertGone(secret, redacted)
        assert.ok(URL.canParse(redacted))
      }),
    )
  })

  it('in the values of a query and in userinfo, also if it is short or a word', () => {
    fc.assert(
      fc.property(secrets, around, (secret, [before, after]) => {
        const value = encodeURIComponent((before + secret + after).toWellFormed())
        const url = `https://${encodeURIComponent(secret.toWellFormed())}@h.example/a?q=${value}&r=${value}`
        assertGone(secret, redactorFor(secret).request(requestOf(null, { url, method: 'GET' })).url)
      }),
    )
  })

  it('in headers of either side, plain and as basic authentication', () => {
    fc.assert(
      fc.property(secrets, around, (secret, [before, after]) => {
        const value = before + secret + after
        const basic = `Basic ${Buffer.from(value).toString('base64')}`
        const headers = [
          ['if-match', value],
          ['x-anything', value],
          ['x-other', basic],
          ['prefer', basic],
        ] as const
        const exchange = { ...exchangeOf('', { headers }), request: requestOf(null, { headers }) }
        assertGone(secret, textOf(redactorFor(secret).exchange(exchange)))
      }),
    )
  })

  it('in JSON, however deep it is quoted, which stays JSON', () => {
    fc.assert(
      fc.property(secrets, unmistakable, around, fc.nat(3), (short, long, [before, after], depth) => {
        const secret = depth % 2 === 0 ? long : short
        const names = depth % 2 === 0 ? { [long]: 2 } : {}
        let value: unknown = { a: before + secret + after, b: [secret, 1], ...names }
        for (let level = 0; level < depth; level += 1) value = { text: JSON.stringify(value), more: 'x' }
        const body = JSON.stringify({ value, secret })
        const ascii = body.replace(
          /[^\0-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
        for (const text of [
          body,
          ascii,
          JSON.stringify(JSON.parse(body), null, 2),
          body.replaceAll('/', '\\/'),
        ]) {
          const redacted = Buffer.from(redactorFor(secret).request(requestOf(text)).body ?? []).toString()
          JSON.parse(redacted)
          assertGone(secret, redacted)
        }
      }),
    )
  })

  it('in forms and multipart bodies', () => {
    fc.assert(
      fc.property(secrets, around, (secret, [before, after]) => {
        const value = (before + secret + after).toWellFormed()
        const form = new URLSearchParams({ a: value, b: Buffer.from(value).toString('base64') }).toString()
        const redactor = redactorFor(secret)
        assertGone(
          secret,
          Buffer.from(
            redactor.request(requestOf(form, { type: 'application/x-www-form-urlencoded' })).body ?? [],
          ).toString(),
        )
        const part = (head: string, content: string): string =>
          `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${content}\r\n`
        const multipart = `${part('name="a"', value)}${part('name="f"; filename="x.bin"', `\0${value}`)}${part('name="j"', JSON.stringify({ value }))}--b--\r\n`
        assertGone(
          secret,
          Buffer.from(
            redactor.request(requestOf(multipart, { type: 'multipart/form-data; boundary=b' })).body ?? [],
          ).toString(),
        )
      }),
    )
  })

  it('in base64 at every alignment, in both alphabets, padded or not, wrapped or not', () => {
    fc.assert(
      fc.property(
        secrets,
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 40 }),
        (secret, before, after) => {
          const bytes = Buffer.concat([before, Buffer.from(secret), after])
          const text = bytes.toString('base64')
          const wrapped = text.replace(/.{60}/g, '$&\r\n')
          const parts = [
            text,
            bytes.toString('base64url'),
            wrapped,
            encodeURIComponent(text),
            text.replaceAll('/', '\\/'),
          ]
          for (const part of parts)
            assertGone(secret, textOf(every(secret, [part, part])).replace(/[\r\n]/g, ''))
          const inJson = JSON.stringify({ data: wrapped })
          const redacted = redactorFor(secret).request(requestOf(inJson)).body ?? []
          assertGone(
            secret,
            (JSON.parse(Buffer.from(redacted).toString()) as { data: string }).data.replace(/[\r\n]/g, ''),
          )
        },
      ),
    )
  })

  it('in the events of a stream, however it is split and cut into chunks', () => {
    const at = fc.array(fc.nat(60), { maxLength: 8 })
    fc.assert(
      fc.property(
        secrets,
        around,
        at,
        at,
        fc.boolean(),
        (secret, [before, after], places, cuts, interleave) => {
          const characters = Array.from(before + secret + after)
          const bounds = [
            0,
            ...places.map((place) => place % (characters.length + 1)),
            characters.length,
          ].toSorted((a, b) => a - b)
          const pieces = bounds.slice(1).map((end, index) => characters.slice(bounds[index], end).join(''))
          const events = pieces.flatMap((piece) => [
            { index: 0, delta: { text: piece } },
            ...(interleave ? [{ index: 1, delta: { text: 'other' } }] : []),
          ])
          const join = (
            body: string,
            pick: (event: { index: number; delta: { text: string } }) => boolean,
          ): string =>
            body
              .split('\n')
              .filter((line) => /^(?:data: )?\{/.test(line))
              .map(
                (line) =>
                  JSON.parse(line.replace(/^data: /, '')) as { index: number; delta: { text: string } },
              )
              .filter(pick)
              .map((event) => event.delta.text)
              .join('')
          for (const [type, body] of [
            ['text/event-stream', sse(...events)],
            ['application/x-ndjson', events.map((event) => `${JSON.stringify(event)}\n`).join('')],
          ] as const) {
            const length = Buffer.byteLength(body)
            const chunked = cuts.map((cut) => (cut * 7) % length).toSorted((a, b) => a - b)
            const redacted = bytesOf(
              redactorFor(secret).exchange(exchangeOf(body, { type, cuts: chunked })),
            ).toString()
            assertGone(
              secret,
              join(redacted, (event) => event.index === 0),
            )
            assertGone(secret, redacted)
          }
        },
      ),
    )
  })

  it('in binary bodies, which keep their length', () => {
    fc.assert(
      fc.property(secrets, fc.uint8Array({ maxLength: 30 }), (secret, noise) => {
        const body = Buffer.concat([Buffer.from([0, 255]), noise, Buffer.from(secret), noise])
        const redacted = bytesOf(
          redactorFor(secret).exchange(exchangeOf(body, { type: 'application/octet-stream' })),
        )
        assert.equal(redacted.length, body.length)
        assert.ok(!redacted.toString('latin1').includes(latin1(secret)))
      }),
    )
  })

  it('in messages', () => {
    fc.assert(
      fc.property(secrets, around, (secret, [before, after]) => {
        const message = `connect failed: ${before}${secret}${after} (https://x.example/?k=${encodeURIComponent(secret.toWellFormed())})`
        assertGone(secret, redactorFor(secret).text(message))
      }),
    )
  })
})
