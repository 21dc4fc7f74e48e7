// Records a download, and prints the peak of its memory over what it had before, bytes. The server is another process.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { withCassette } from '../../../src/index.ts'

const MIB = 1024 * 1024
const { TRANSFER = 'bytes', SIZE_MIB = '1', FILE = '', SERVER } = process.env
const size = Number(SIZE_MIB)
const isText = TRANSFER === 'text'

if (SERVER === undefined) await record()
else await serve()

async function serve(): Promise<void> {
  const piece = Buffer.alloc(
    MIB,
    isText ? 'The words of a text, and 12 numbers.\n' : Buffer.from([0, 200, 7, 99, 254]),
  )
  const send = async (response: ServerResponse): Promise<void> => {
    response.setHeader('content-type', isText ? 'text/plain' : 'application/octet-stream')
    for (let sent = 0; sent < size; sent++) if (!response.write(piece)) await once(response, 'drain')
    response.end()
  }
  const server = createServer((_request, response) => void send(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

async function record(): Promise<void> {
  const child: ChildProcess = fork(import.meta.filename, { env: { ...process.env, SERVER: '1' } })
  const [port] = (await once(child, 'message')) as [number]
  const url = `http://127.0.0.1:${port}/`
  const before = process.memoryUsage.rss()
  const read = await withCassette(FILE, { mode: 'all' }, async () => {
    let length = 0
    for await (const chunk of (await fetch(url)).body ?? []) length += chunk.length
    return length
  })
  child.kill()
  console.log(JSON.stringify({ read, peak: process.resourceUsage().maxRSS * 1024 - before }))
}
