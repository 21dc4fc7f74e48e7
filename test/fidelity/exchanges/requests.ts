import { wholeAnswer } from '../answers.ts'
import { CHUNKED, chunk, head, JSON_TYPE, LAST, length, say, TEXT } from '../say.ts'
import type { Exchange, ExchangeFamily } from '../types.ts'
import { noise } from './bodies.ts'

/** Answers with the request that arrived, so that the client's view shows it. Hides generated boundaries. */
const echo: Exchange['serve'] = async (wire) => {
  const body = await wire.body
  const type = wire.headers.get('content-type')
  const boundary =
    /boundary="?([^";]+)/.exec(type ?? '')?.[1] ?? /^--([^\r]+)\r/.exec(body.toString('latin1'))?.[1] ?? '\0'
  const told = {
    method: wire.method,
    target: wire.target.replace(/^\/[^/]+/, ''),
    type: type?.replace(boundary, '…'),
    bytes: body.toString('latin1').replaceAll(boundary, '').length,
    body: body.length < 500 ? body.toString('latin1').replaceAll(boundary, '…') : undefined,
  }
  await say(wire, '200 OK', [JSON_TYPE], JSON.stringify(told))
}

async function* parts(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await new Promise(setImmediate)
    yield Buffer.from(text as string)
  }
}

const send = (name: string, method: string, type: string, body: string | Buffer): Exchange => ({
  name,
  needs: ['method'],
  request: { method, headers: [['content-type', type]], body: Buffer.from(body as string) },
  serve: echo,
})

const FORM = 'multipart/form-data; boundary=----frontier7'
const MULTIPART = [
  '------frontier7',
  'content-disposition: form-data; name="note"',
  '',
  'grüße',
  '------frontier7',
  'content-disposition: form-data; name="file"; filename="a.bin"',
  'content-type: application/octet-stream',
  '',
  '\x00\x01\xff',
  '------frontier7--',
  '',
].join('\r\n')

export const REQUESTS: ExchangeFamily = {
  name: 'Requests',
  exchanges: [
    send('POST JSON', 'POST', 'application/json', '{"question":"Grüße?","n":[1,2]}'),
    send('PUT text', 'PUT', 'text/plain', 'a text'),
    send('PATCH JSON', 'PATCH', 'application/json', '{"op":"replace"}'),
    send('DELETE with a body', 'DELETE', 'application/json', '{"id":7}'),
    send('a form', 'POST', 'application/x-www-form-urlencoded', 'a=1&b=%C3%BC&a=2'),
    send('multipart', 'POST', FORM, Buffer.from(MULTIPART, 'latin1')),
    {
      name: 'a FormData object with a file',
      needs: ['method', 'form-data'],
      request: {
        method: 'POST',
        form: [
          { name: 'note', value: 'grüße' },
          { name: 'file', value: 'a,b\n1,2\n', filename: 'a.csv' },
        ],
      },
      proof: /name=.{1,6}note.*filename=.{1,6}(?:a\.csv|blob).*a,b/s,
      serve: echo,
    },
    {
      name: 'a Blob',
      needs: ['method', 'blob'],
      request: { method: 'POST', blob: { text: 'blob \u00fc', type: 'text/x-blob' } },
      proof: /blob /,
      serve: echo,
    },
    send('binary of 1 MB', 'POST', 'application/octet-stream', noise(1024 * 1024)),
    { name: 'OPTIONS', needs: ['method'], request: { method: 'OPTIONS' }, serve: echo },
    {
      name: 'a streamed upload',
      needs: ['method', 'stream'],
      request: {
        method: 'POST',
        headers: [['content-type', 'application/x-ndjson']],
        stream: () => parts('{"a":1}\n', '{"b"', ':2}\n', noise(0)),
      },
      serve: echo,
    },
    {
      name: 'a streamed upload of 1 MB',
      needs: ['method', 'stream'],
      request: {
        method: 'POST',
        headers: [['content-type', 'application/octet-stream']],
        stream: () => parts(...Array.from({ length: 16 }, () => noise(65_536))),
      },
      serve: echo,
    },
    {
      name: 'a duplex conversation',
      patienceMs: 250,
      needs: ['method', 'stream', 'duplex'],
      slow: true,
      request: {
        method: 'POST',
        headers: [['content-type', 'text/plain']],
        duplex: ['one', 'two', 'three'],
      },
      serve(wire) {
        wire.write(head('200 OK', TEXT, CHUNKED))
        wire.onBody((part) => wire.write(chunk(`heard ${part.toString()}. `)))
        void wire.body.then(() => wire.write(LAST))
      },
    },
    {
      name: 'Expect: 100-continue',
      needs: ['method', 'headers', 'expect'],
      request: {
        method: 'POST',
        headers: [
          ['content-type', 'text/plain'],
          ['expect', '100-continue'],
        ],
        body: Buffer.from('now'),
      },
      async serve(wire) {
        wire.write('HTTP/1.1 100 Continue\r\n\r\n')
        await wire.body
        await say(wire, '200 OK', [TEXT], 'continued')
      },
    },
    {
      name: 'a GET with a body',
      needs: ['method', 'get-body'],
      request: { headers: [['content-type', 'application/json']], body: Buffer.from('{"q":"all"}') },
      serve: echo,
    },
    {
      name: 'answered before the upload is complete',
      needs: ['method', 'direct'],
      request: {
        method: 'POST',
        headers: [['content-type', 'application/octet-stream']],
        body: noise(300_000),
      },
      serve: (wire) => void wire.write(`${head('413 Content Too Large', TEXT, length('too big'))}too big`),
    },
    {
      name: 'many request headers, twice the same',
      needs: ['headers'],
      request: {
        headers: [
          ['X-Zulu', '1'],
          ['x-alpha', '2'],
          ['accept', 'application/json'],
          ['x-long', 'x'.repeat(4000)],
        ],
      },
      serve: (wire, dialect) => say(wire, '200 OK', [JSON_TYPE], wholeAnswer(dialect)),
    },
  ],
}
