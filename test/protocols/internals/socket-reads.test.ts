import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'

import { filterReads } from '../../../src/protocols/internals/socket-reads.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

const keys = selfSigned()

/** What a client reads from a server that sends `ab`, `c`, `d` one by one and then closes. */
async function read(secure: boolean, prepare: (socket: net.Socket) => void): Promise<string> {
  const talk = (socket: net.Socket): void => {
    socket.write('ab', () => setImmediate(() => socket.write('c', () => setImmediate(() => socket.end('d')))))
  }
  const server = secure ? tls.createServer(keys, talk) : net.createServer(talk)
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = secure
    ? tls.connect({ port, host: 'localhost', ca: keys.cert })
    : net.connect(port, 'localhost')
  try {
    prepare(socket)
    return Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString()
  } finally {
    socket.destroy()
    server.close()
  }
}

describe('how a socket passes on what it reads', () => {
  for (const secure of [false, true]) {
    const kind = secure ? 'TLS' : 'TCP'

    it(`${kind}: a filter gets the bytes first, until it returns some`, async () => {
      const seen: string[] = []
      const text = await read(secure, (socket) =>
        filterReads(socket, (bytes) => {
          seen.push(bytes.toString())
          return bytes.byteLength < 3 ? undefined : bytes.subarray(2)
        }),
      )
      assert.equal(text, 'cd')
      assert.equal(seen.at(-1)?.slice(0, 3), 'abc')
    })

    it(`${kind}: bytes that a filter still holds at the end are not lost`, async () => {
      assert.equal(await read(secure, (socket) => filterReads(socket, () => undefined)), 'abcd')
    })
  }
})
