/**
 * Writes odd heads to sockets and calls odd methods of them, from a seed. Prints, as JSON, what each case told the client
 * and what its server received. With `TAPE` once between cassettes and once while recording to that file.
 */
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { integersFrom } from '../../helpers/random.ts'

const { TAPE, SEED = '1', CASES = '100' } = process.env

type Next = ReturnType<typeof integersFrom>
const pick = <T>(next: Next, list: readonly T[]): T => list[next(list.length)] as T

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PROPFIND', 'get', 'M-SEARCH', 'CONNECT']
const TARGETS = [
  '/',
  '/a?b=c',
  '*',
  '//x',
  'http://user:pw@a.test/p',
  'a.test:443',
  '/%zz',
  '/a#b',
  ':',
  '/é',
]
const NAMES = [
  'Host',
  'host',
  'X-One',
  'x-ONE',
  'Accept',
  'Cookie',
  'Authorization',
  'X_under',
  'Expect',
  'TE',
]
const VALUES = ['', 'a', ' a ', '\ta\t', 'a,b', 'a\u00e9', '"q"', 'x'.repeat(300), 'Basic YTpi', '1;q=0']

function headOf(next: Next): string {
  const lines = [
    `${pick(next, METHODS)} ${pick(next, TARGETS)} HTTP/1.${next(8) === 0 ? 0 : 1}`,
    'Host: a.test',
  ]
  for (let left = next(6); left > 0; left--)
    lines.push(`${pick(next, NAMES)}:${pick(next, ['', ' ', '  '])}${pick(next, VALUES)}`)
  const body = pick(next, ['', '', 'body', 'x'.repeat(20_000)])
  const framing = next(3)
  if (body !== '' && framing === 0) {
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    return `${lines.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`
  }
  if (framing === 1) lines.push(`Content-Length: ${body.length}`)
  return `${lines.join('\r\n')}\r\n\r\n${framing === 1 ? body : ''}`
}

const CALLS: readonly ((socket: net.Socket) => unknown)[] = [
  (socket) => socket.setNoDelay(true),
  (socket) => socket.setKeepAlive(true),
  (socket) => socket.ref(),
  (socket) => socket.setTimeout(10_000),
  (socket) => socket.pause(),
  (socket) => socket.resume(),
  (socket) => socket.address(),
  (socket) => socket.cork(),
  (socket) => socket.uncork(),
  (socket) => socket.write(''),
  (socket) => socket.setEncoding('latin1'),
  (socket) => socket.read(0),
]

interface Seen {
  client: string[]
  server: string
}

const served: string[] = []
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  let seen = ''
  let answered = false
  let at = -1
  const answer = (): void => {
    if (answered) return
    answered = true
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok')
  }
  const note = (): void => {
    if (at >= 0) served[at] = seen
  }
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    seen += chunk.toString('latin1')
    const found = /X-Case: (\d+)\r\n/.exec(seen)
    if (found) at = Number(found[1])
    note()
    if (seen.includes('\r\n\r\n')) setTimeout(answer, 30)
  })
  socket.on('end', answer)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as net.AddressInfo

async function oneCase(index: number): Promise<Seen> {
  const next = integersFrom(Number(SEED) * 1_000_003 + index)
  const client: string[] = []
  const whole = headOf(next).replace('\r\n', `\r\nX-Case: ${index}\r\n`)
  const kind = next(10)
  const bytes = Buffer.from(kind === 0 ? whole.slice(0, next(whole.length)) : whole, 'latin1')
  const socket = net.connect(port, '127.0.0.1')
  for (const name of ['connect', 'end', 'finish']) socket.on(name, () => client.push(name))
  let received = ''
  socket.on('data', (chunk: Buffer | string) => (received += chunk.toString('latin1')))
  socket.on('error', (error) => client.push(`error ${String(Reflect.get(error, 'code'))}`))
  const over = new Promise<void>((resolve) => {
    socket.on('close', (isError) => {
      client.push(`close ${isError}`)
      resolve()
    })
  })
  const waits = next(2) === 0
  if (waits) await once(socket, 'connect')
  for (let from = 0; from < bytes.length;) {
    const size = pick(next, [1, 2, 7, 100, 5_000, bytes.length])
    const call = next(3) === 0 ? pick(next, CALLS) : undefined
    try {
      call?.(socket)
    } catch (error) {
      client.push(`throws ${String(Reflect.get(error as object, 'code'))}`)
    }
    if (!socket.destroyed) socket.write(bytes.subarray(from, from + size))
    from += size
    if (next(8) === 0) await sleep(1)
  }
  while (socket.writableCorked > 0) socket.uncork()
  socket.resume()
  if (kind === 0) socket.end()
  await Promise.race([over, sleep(3_000).then(() => client.push('HANGS'))])
  socket.destroy()
  return { client: [...client, received], server: '' }
}

const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(String(error.stack)))

const AT_ONCE = 20
async function allCases(): Promise<Seen[]> {
  const results: Seen[] = []
  for (let from = 0; from < Number(CASES); from += AT_ONCE) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, Number(CASES) - from) }, (_, n) => from + n)
    results.push(...(await Promise.all(indexes.map(oneCase))))
  }
  for (const [index, seen] of results.entries()) seen.server = served[index] ?? ''
  return results
}

const { withCassette } = TAPE === undefined ? {} : await import('../../../src/index.ts')
if (withCassette && TAPE !== undefined) {
  const options = { mode: 'all', onRecordError: 'record' } as const
  const recording = await withCassette(TAPE, options, allCases)
  console.log(JSON.stringify({ recording, idle: await allCases(), uncaught }))
} else console.log(JSON.stringify({ plain: await allCases(), uncaught }))
server.close()
