import { deflateSync, gzipSync } from 'node:zlib'
import type { Exchange, Frame } from '../../src/exchange/exchange.ts'
import { bytesOf, exchangeOf, requestOf, sse, type ResponseParts } from './helpers.ts'

/**
 * Made-up credentials of each issuer, as templates: `{a30}` are 30 letters and digits, `{h}` hexadecimal digits, `{u}` capitals
 * and digits of base32, `{d}` digits, `{l}` small letters and digits.
 */
const TEMPLATES = `
sk-proj-{a74}T3BlbkFJ{a74} sk-{a20}T3BlbkFJ{a20} sk-svcacct-{a60} sk-admin-{a60} sk-ant-api03-{a93}AA sk-ant-admin01-{a93}AA
sk-or-v1-{h64} sk-{h32} sk-lf-{h8}-{h4}-{h4}-{h4}-{h12} ek_{a32} hf_{a34} api_org_{a34} gsk_{a52} pplx-{a48} nvapi-{a64}
tvly-dev-{a32} lsv2_pt_{h32}_{h10} pcsk_{a5}_{a63} r8_{a37} xai-{a80} csk-{l48} fw_{a24} AIza{a35} ya29.{a60} GOCSPX-{a28}
1//0{a60} AKIA{u16} ASIA{u16} AROA{u16} ABSK{a120} bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{a40} FwoGZXIvYXdzE{a200}
IQoJb3JpZ2luX2Vj{a200} LTAI{a20} AKID{a32} dop_v1_{h64} doo_v1_{h64} dor_v1_{h64} HRKU-AA{a58} pscale_tkn_{a43}
pscale_oauth_{a43} pscale_pw_{a43} fo1_{a43} fm2_{a120} tskey-auth-{a17}-{a32} ghp_{a36} gho_{a36} ghu_{a36} ghs_{a36} ghr_{a36}
github_pat_{a22}_{a59} glpat-{a20} gldt-{a20} glrt-{a20} glptt-{h40} glsoat-{a20} gloas-{h64} glagent-{a50} glcbt-{a2}_{a20}
glft-{a20} glimt-{a25} glffct-{a20} GR1348941{a20} npm_{a36} pypi-AgEIcHlwaS5vcmc{a60} rubygems_{h48} CLOJARS_{l60}
dckr_pat_{a27} sgp_{h16}_{h40} sqp_{h40} ATATT3x{a180} pul-{h40} pnu_{a36} figd_{a43} lin_api_{a40} ntn_{d11}{a35}
PMAK-{h24}-{h34} ico-{a32} rdme_{l70} xoxb-{d12}-{d12}-{a24} xoxp-{d12}-{d12}-{d12}-{h32} xapp-1-{u11}-{d13}-{h64}
sk_live_{a24} rk_live_{a24} sk_test_{a24} whsec_{a32} sq0atp-{a22} sq0csp-{a43} shpat_{h32} shpca_{h32} shppa_{h32} shpss_{h32}
shippo_live_{h40} FLWSECK_TEST-{h32}-X duffel_test_{a43} xkeysib-{h64}-{a16} EZAK{a54} EZTK{a54} hvs.{a95} hvb.{a140}
dp.pt.{a43} dp.st.dev.{a43} AGE-SECRET-KEY-1{u58} ops_eyJ{a260} A3-{u6}-{u6}-{u5}-{u5}-{u5}-{u5} sha256~{a43} glsa_{a32}_{h8}
glc_eyJ{a80} sntryu_{h64} sntrys_eyJpYXQiO{a120}_{a43} dt0c01.{u24}.{u64} NRAK-{u27} sm_aat_{a16} p8e-{a32} fio-u-{a64}
tk-us-{a48} s-s4t2ud-{h64} dapi{h32} SG.{a22}.{a43} key-{h32} SK{h32} API-{u26} {a14}.atlasv1.{a64} {h32}-us12
{a6}_{a29}_mmk M{a23}.{a6}.{a38} eyJ{a20}.eyJ{a40}.{a43} {a3}8Q~{a32} sbp_{h40} cfut_{a40}{h8} vcp_{a24} sb_secret_{a31}
`

/** Letters and digits that begin with one of each kind: the same for the same seed. */
function random(length: number, alphabet: string, seed: number): string {
  let state = seed * 2_654_435_761
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    text += alphabet[(state >>> 16) % alphabet.length]
  }
  return text
}

const ALPHABETS: Readonly<Record<string, string>> = {
  a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  h: '0123456789abcdef',
  u: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  d: '123456789',
  l: 'abcdefghijklmnopqrstuvwxyz0123456789',
}

export const CREDENTIALS: readonly { readonly format: string; readonly value: string }[] = TEMPLATES.trim()
  .split(/\s+/)
  .map((format, index) => ({ format, value: made(format, index * 10) }))

function made(format: string, seed: number): string {
  let part = 0
  return format.replace(/\{([ahudl])(\d+)\}/g, (_, kind: string, length: string) =>
    random(Number(length), ALPHABETS[kind] ?? '', seed + (part += 1)),
  )
}

/** Credentials that the text around them shows. What stands between `<` and `>` is the secret. */
const IN_CONTEXT = `
postgres://user:<{a20}>@db.example.com:5432/x
mongodb+srv://user:<{a20}>@cluster0.example.net/x?w=majority
rediss://:<{a20}>@cache.example.com:6379/0
amqps://guest:<{a20}>@mq.example.com/vh
https://user:<{a20}>@git.example.com/a.git
Driver={ODBC Driver 18 for SQL Server};Server=tcp:x,1433;Uid=u;Pwd=<{a16}>;Encrypt=yes;
DRIVER={PostgreSQL};SERVER=x;UID=u;PWD={<{a16}>}
Server=tcp:x,1433;Initial Catalog=d;User ID=u;Password=<{a16}>;Encrypt=True
AccountName=x;AccountKey=<{a86}>==;EndpointSuffix=core.windows.net
Endpoint=sb://x.example/;SharedAccessKeyName=Root;SharedAccessKey=<{a43}>=
https://x.blob.core.windows.net/c/b?sv=2022-11-02&se=2026-01-01&sr=b&sp=r&sig=<{a43}>
https://prod-1.westus.logic.azure.com:443/workflows/{h32}/triggers/manual/paths/invoke?sv=1.0&sig=<{a43}>
https://x.s3.amazonaws.com/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=<{h64}>
https://hooks.slack.com/services/T{u8}/B{u8}/<{a24}>
https://hooks.slack.com/workflows/T{u8}/A{u8}/{d18}/<{a24}>
https://discord.com/api/webhooks/{d18}/<{a68}>
https://acme.webhook.office.com/webhookb2/{h8}-{h4}@{h8}/IncomingWebhook/{h32}/<{h32}>
https://outlook.office.com/webhook/{h8}-{h4}@{h8}/IncomingWebhook/{h32}/<{h32}>
https://api.telegram.org/bot{d10}:<AA{a33}>/sendMessage
https://chat.googleapis.com/v1/spaces/{a11}/messages?key=AIza{a35}&token=<{a43}>
Authorization: Basic <dXNlcjpodW50ZXIyLXdpdGgtYS1sb25nLXRhaWw=>
curl -H 'Authorization: Bearer <{a40}>'
x-api-key: <{h32}>
AWS_SECRET_ACCESS_KEY=<{a40}>
//registry.npmjs.org/:_authToken=<{h8}-{h4}-{h4}-{h12}>
v1.eyJ{a20}.eyJ{a40}.<{a43}>.x
`

/** A text with a credential in it. */
export interface InContext {
  readonly format: string
  readonly text: string
  readonly secret: string
}

export const CONTEXTS: readonly InContext[] = IN_CONTEXT.trim()
  .split('\n')
  .map((format, index) => {
    const filled = made(format, (CREDENTIALS.length + index) * 10)
    return {
      format: format.replace(/[<>]/g, ''),
      text: filled.replace(/[<>]/g, ''),
      secret: /<(.*)>/.exec(filled)?.[1] ?? '',
    }
  })

const answer =
  (type: string, write: (key: string) => string | Buffer, parts: ResponseParts = {}) =>
  (key: string): Exchange =>
    exchangeOf(write(key), { type, ...parts })
const asked =
  (type: string, write: (key: string) => string | Buffer) =>
  (key: string): Exchange => ({ ...exchangeOf(''), request: requestOf(write(key), { type }) })
const at =
  (url: (key: string) => string) =>
  (key: string): Exchange => ({
    ...exchangeOf(''),
    request: requestOf(null, { method: 'GET', url: url(key) }),
  })
const header =
  (name: string, write: (key: string) => string = (key) => key) =>
  (key: string): Exchange =>
    exchangeOf('', { headers: [[name, write(key)]] })
const sent =
  (name: string, write: (key: string) => string = (key) => key) =>
  (key: string): Exchange => ({
    ...exchangeOf(''),
    request: requestOf(null, { method: 'GET', headers: [[name, write(key)]] }),
  })
const message =
  (write: (key: string) => string, from: 'server' | 'client' = 'server') =>
  (key: string): Exchange => {
    const exchange = exchangeOf('')
    const frames: Frame[] = [{ from, kind: 'text', delayMs: 0, data: Buffer.from(write(key)) }]
    return { ...exchange, response: { ...exchange.response!, status: 101, chunks: [], frames } }
  }

const json = (value: unknown): string => JSON.stringify(value)
const part = (head: string, content: string): string =>
  `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${content}\r\n--b--\r\n`
const codes = (key: string): string => key.replace(/[^]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
const escapes = (key: string): string =>
  key.replace(/[^]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
const halves = (key: string): [string, string] => [key.slice(0, key.length >> 1), key.slice(key.length >> 1)]

/** Where a credential can stand in an exchange. */
export const PLACES: Readonly<Record<string, (key: string) => Exchange>> = {
  'JSON, a member': answer('application/json', (key) => json({ x: key })),
  'JSON, an element': answer('application/json', (key) => json(['a', key])),
  'JSON, a name': answer('application/json', (key) => json({ [key]: 1 })),
  'JSON, deep': answer('application/json', (key) => json({ a: [{ b: [{ c: key }] }] })),
  'JSON, indented': answer('application/json', (key) => JSON.stringify({ a: { b: key } }, null, 2)),
  'JSON, in a sentence': answer('application/json', (key) => json({ text: `use ${key}, please` })),
  'JSON, in quotes': answer('application/json', (key) => json({ text: `"${key}"` })),
  'JSON, after a line end': answer('application/json', (key) => json({ text: `a\n${key}\nb` })),
  'JSON, after a tab': answer('application/json', (key) => json({ text: `a\t${key}\tb` })),
  'JSON in a JSON string': answer('application/json', (key) => json({ text: json({ x: key }) })),
  'JSON in JSON in JSON': answer('application/json', (key) => json({ a: json({ b: json({ c: key }) }) })),
  'JSON, all characters escaped': answer('application/json', (key) => `{"a":"${escapes(key)}"}`),
  'JSON, a string alone': answer('application/json', (key) => json(key)),
  'JSON, the arguments of a tool': answer('application/json', (key) => json({ arguments: json({ k: key }) })),
  'JSON, percent-encoded': answer('application/json', (key) => json({ u: codes(key) })),
  'JSON, a URL': answer('application/json', (key) => json({ u: `https://x.example/?q=${key}&n=1` })),
  'JSON, after a word': answer('application/json', (key) => json({ u: `key=${key}` })),
  'JSON with the type of text': answer('text/plain', (key) => json({ x: key })),
  'JSON, cut short': answer('application/json', (key) => json({ x: key, y: 1 }).slice(0, -4)),
  'a request of JSON': asked('application/json', (key) => json({ x: key })),
  'a request of NDJSON': asked('application/x-ndjson', (key) => `${json({ x: key })}\n${json({ y: 1 })}\n`),
  NDJSON: answer('application/x-ndjson', (key) => `{"a":1}\n${json({ x: key })}\n`),
  'NDJSON, in two lines': answer('application/x-ndjson', (key) =>
    halves(key)
      .map((x) => json({ x }))
      .join('\n'),
  ),
  SSE: answer('text/event-stream', (key) => sse({ x: key })),
  'SSE, text': answer('text/event-stream', (key) => sse(key)),
  'SSE, two events': answer('text/event-stream', (key) => sse(...halves(key).map((delta) => ({ delta })))),
  'SSE, two events of text': answer('text/event-stream', (key) => sse(...halves(key))),
  'SSE, character by character': answer('text/event-stream', (key) =>
    sse(...key.split('').map((d) => ({ d }))),
  ),
  'SSE, a comment': answer('text/event-stream', (key) => `: ${key}\n\ndata: {}\n\n`),
  'SSE, an id': answer('text/event-stream', (key) => `id: ${key}\ndata: {}\n\n`),
  'SSE, CRLF': answer('text/event-stream', (key) => `data: ${json({ x: key })}\r\n\r\n`),
  'two chunks': (key) => exchangeOf(key, { type: 'text/plain', cuts: [key.length >> 1] }),
  'a chunk for each byte': (key) =>
    exchangeOf(json({ x: key }), { cuts: Array.from({ length: key.length + 7 }, (_, index) => index + 1) }),
  'JSON, glued to a word': answer('application/json', (key) => json({ x: `key_${key}` })),
  'JSON, between dots': answer('application/json', (key) => json({ x: `v1.${key}.9` })),
  'a name beside a value': answer('application/json', (key) =>
    json({ keys: [{ keyName: 'a', value: key }] }),
  ),
  text: answer('text/plain', (key) => key),
  'text, in a sentence': answer('text/plain', (key) => `the key is ${key}, keep it`),
  'text, in a line': answer('text/plain', (key) => `A=1\nB=${key}\nC=2\n`),
  'text, in brackets': answer('text/plain', (key) => `(${key}) [${key}] <${key}>`),
  'text, percent-encoded': answer('text/plain', (key) => `a=${codes(key)}`),
  'text without a type': answer('', (key) => `x ${key} y`),
  Markdown: answer('text/markdown', (key) => `- \`${key}\`\n`),
  YAML: answer('application/yaml', (key) => `a:\n  b: ${key}\n`),
  CSV: answer('text/csv', (key) => `a,b\n1,${key}\n`),
  JavaScript: answer('text/javascript', (key) => `const k = '${key}';`),
  'HTML, text': answer('text/html', (key) => `<p>${key}</p>`),
  'HTML, an attribute': answer('text/html', (key) => `<input type="hidden" value="${key}">`),
  'HTML, a script': answer('text/html', (key) => `<script>var k = "${key}"</script>`),
  'HTML, a comment': answer('text/html', (key) => `<!--${key}-->`),
  'XML, an element': answer('application/xml', (key) => `<a><b>${key}</b></a>`),
  'XML, an attribute': answer('application/xml', (key) => `<a b="${key}"/>`),
  'XML, CDATA': answer('text/xml', (key) => `<a><![CDATA[${key}]]></a>`),
  'a form': asked('application/x-www-form-urlencoded', (key) => `a=1&b=${encodeURIComponent(key)}`),
  'a form, a name': asked('application/x-www-form-urlencoded', (key) => `${encodeURIComponent(key)}=1`),
  'a form, percent-encoded': asked('application/x-www-form-urlencoded', (key) => `a=${codes(key)}`),
  'multipart, a field': asked('multipart/form-data; boundary=b', (key) => part('name="a"', key)),
  'multipart, a file': asked('multipart/form-data; boundary=b', (key) =>
    part('name="a"; filename="a.txt"', key),
  ),
  'multipart, a file name': asked('multipart/form-data; boundary=b', (key) =>
    part(`name="a"; filename="${key}"`, 'x'),
  ),
  'multipart, JSON': asked('multipart/form-data; boundary=b', (key) => part('name="a"', json({ x: key }))),
  'gzip without a header': answer('application/octet-stream', (key) => gzipSync(`x ${key} y`)),
  'zlib without a header': answer('application/octet-stream', (key) => deflateSync(json({ x: key }))),
  'gzip with a header': answer('application/json', (key) => gzipSync(json({ x: key })), {
    headers: [['content-encoding', 'gzip']],
  }),
  'a path': at((key) => `https://x.example/a/${encodeURIComponent(key)}/b`),
  'a path, percent-encoded': at((key) => `https://x.example/a/${codes(key)}/b`),
  'a query': at((key) => `https://x.example/?q=${encodeURIComponent(key)}`),
  'the name in a query': at((key) => `https://x.example/?${encodeURIComponent(key)}=1`),
  'user info': at((key) => `https://u:${encodeURIComponent(key)}@x.example/`),
  'a header of the answer': header('x-anything'),
  'a location': header(
    'location',
    (key) => `https://x.example/cb/${encodeURIComponent(key)}?a=${encodeURIComponent(key)}`,
  ),
  'a link': header('link', (key) => `<https://x.example/?q=${encodeURIComponent(key)}>; rel="next"`),
  'a cookie': header('set-cookie', (key) => `a=${key}; Path=/`),
  'a header that is stored': sent('prefer'),
  'a subprotocol': sent('sec-websocket-protocol', (key) => `chat, v1.bearer.token.${key}`),
  authorization: sent('authorization', (key) => `Bearer ${key}`),
  'a WebSocket message of the server': message((key) => json({ x: key })),
  'a WebSocket message of the client': message((key) => key, 'client'),
}

/** Places that a text with a credential in it can have. */
export const TEXT_PLACES: Readonly<Record<string, (key: string) => Exchange>> = Object.fromEntries(
  [
    'JSON, a member',
    'JSON, an element',
    'JSON, indented',
    'JSON, in a sentence',
    'JSON, after a line end',
    'JSON in a JSON string',
    'JSON in JSON in JSON',
    'JSON, a string alone',
    'JSON, the arguments of a tool',
    'JSON, percent-encoded',
    'a request of JSON',
    'a request of NDJSON',
    'NDJSON, in two lines',
    'SSE',
    'SSE, text',
    'SSE, two events',
    'SSE, character by character',
    'a chunk for each byte',
    'text',
    'text, in a sentence',
    'text, in a line',
    'Markdown',
    'YAML',
    'HTML, text',
    'HTML, a script',
    'HTML, a comment',
    'XML, an element',
    'XML, CDATA',
    'a form',
    'multipart, a field',
    'multipart, a file',
    'multipart, JSON',
    'gzip without a header',
    'zlib without a header',
    'gzip with a header',
    'a query',
    'a header of the answer',
    'a WebSocket message of the server',
    'a WebSocket message of the client',
  ].map((name) => [name, PLACES[name] as (key: string) => Exchange]),
)

/** Places where only a credential of the environment must be found: its encodings, and pieces of words. */
export const ENCODED_PLACES: Readonly<Record<string, (key: string) => Exchange>> = {
  hexadecimal: answer('text/plain', (key) => `x ${Buffer.from(key).toString('hex')} y`),
  'hexadecimal capitals': answer('text/plain', (key) => Buffer.from(key).toString('hex').toUpperCase()),
  base64: answer('application/json', (key) => json({ x: Buffer.from(`u:${key}`).toString('base64') })),
  base64url: answer('text/plain', (key) => Buffer.from(`ab${key}`).toString('base64url')),
  'base64, wrapped': answer('text/plain', (key) =>
    Buffer.from(`u:${key}`).toString('base64').replace(/.{60}/g, '$&\n'),
  ),
  'inside a word': answer('text/plain', (key) => `xX9${key}xX9`),
  bytes: answer('application/octet-stream', (key) =>
    Buffer.concat([Buffer.from([0, 255]), Buffer.from(key)]),
  ),
}

/** Everything that would be written of an exchange, decoded. */
export function writtenOf(exchange: Exchange): string {
  const { request, response } = exchange
  const frames = (response?.frames ?? []).map((frame) =>
    'data' in frame ? Buffer.from(frame.data).toString('latin1') : '',
  )
  return [
    request.url,
    ...[...request.headers, ...(response?.headers ?? [])].flat(),
    Buffer.from(request.body ?? []).toString('latin1'),
    bytesOf(exchange).toString('latin1'),
    ...frames,
  ].join('\n')
}
