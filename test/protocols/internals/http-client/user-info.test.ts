import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
import { text } from 'node:stream/consumers'

import { withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'

const PASSWORD = 'S3cretPassw0rd'
const TARGET = `http://user:${PASSWORD}@api.example/x?y=1`

describe('a request whose target names a user and a password, as a proxy is asked', () => {
  const bench = testBench((request, response) => void response.end(`ok ${request.path}`))

  const clients: Readonly<Record<string, () => Promise<string>>> = {
    'http.request': () =>
      new Promise((resolve, reject) => {
        http
          .get({ host: '127.0.0.1', port: bench.server.port, path: TARGET }, (response) =>
            resolve(text(response)),
          )
          .on('error', reject)
      }),
    'a socket': async () => {
      const socket = net.connect(bench.server.port, '127.0.0.1')
      socket.end(`GET ${TARGET} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n`)
      return (await text(socket)).replace(/^[^]*\r\n\r\n/, '')
    },
  }
  for (const [name, ask] of Object.entries(clients))
    it(`by ${name}: reaches the server as written, replays, and leaves no password in the file`, async () => {
      const live = await withCassette(bench.path(), { mode: 'once' }, ask)
      assert.match(live, /user:S3cretPassw0rd@api\.example/)
      assert.equal(bench.server.requests.length, 1)
      await bench.server.close()
      await withCassette(bench.path(), { mode: 'none' }, ask)
      assert.ok(!bench.read()?.includes(`user:${PASSWORD}`) && !/url: .*S3cret/.test(bench.read() ?? ''))
    })
})
