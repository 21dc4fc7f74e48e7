import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Agent, type buildConnector, request } from 'undici'

import { withCassette } from '../../../src/index.ts'

/** The error of a request whose connection the program's own connector made before the cassette was opened. */
export interface HandedOut {
  error: string
  connectorCalls: number
  requestsServed: number
}

let requestsServed = 0
const server = http.createServer((_, response) => {
  requestsServed++
  response.end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const old = net.connect(port, '127.0.0.1')
await once(old, 'connect')
let connectorCalls = 0
const connect: buildConnector.connector = (_, callback) => {
  connectorCalls++
  queueMicrotask(() => callback(null, old))
}
const path = join(mkdtempSync(join(tmpdir(), 'cassette-test-')), 'handed-out.yaml')
let error = ''
try {
  await withCassette(path, { mode: 'record' }, () =>
    request(`http://127.0.0.1:${port}/a`, { dispatcher: new Agent({ connect }) }),
  )
} catch (thrown) {
  error = thrown instanceof Error ? thrown.name : String(thrown)
}
process.stdout.write(JSON.stringify({ error, connectorCalls, requestsServed } satisfies HandedOut))
old.destroy()
server.close()
