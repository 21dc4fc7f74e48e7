/** Runs every case and prints what its client sees, as JSON: `sockets.ts plain|record CASSETTE`. */
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'

import { Client } from 'undici'

import { openCassette } from '../../../src/index.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

const [how, path = ''] = process.argv.slice(2)
const keys = selfSigned()
const servers: Server[] = []

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const told = (error: unknown): unknown => {
  const { code, errno, syscall, address, port, message } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  return { code, errno, syscall, address, port, message }
}
const failing = (socket: net.Socket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.on('error', (error) => resolve(told(error)))
    socket.on('secureConnect', () => resolve('secureConnect'))
  })
const asking = (request: http.ClientRequest): Promise<unknown> =>
  new Promise((resolve) => {
    request.on('response', (response) => resolve(response.resume().statusCode))
    request.on('error', (error) => resolve(told(error)))
  })
const asked = (ask: Promise<unknown>): Promise<unknown> =>
  ask.then(
    () => 'an answer',
    (error: unknown) => told((error as Error).cause ?? error),
  )

const cases: Record<string, () => Promise<unknown>> = {
  'an upload waits for a server that does not read': async () => {
    const isAsked = Promise.withResolvers<void>()
    const port = await listen(http.createServer(() => isAsked.resolve()))
    const request = http.request({ port, host: '127.0.0.1', method: 'PUT' })
    request.on('error', () => {})
    let written = 0
    const write = (): void => {
      while (written < 300_000_000 && !request.destroyed) {
        written += 1_000_000
        if (request.write(Buffer.alloc(1_000_000))) continue
        request.once('drain', write)
        return
      }
    }
    write()
    await isAsked.promise
    await sleep(300)
    request.destroy()
    return written < 100_000_000
  },
  'half a head, and the end, reach the server': async () => {
    const heard = Promise.withResolvers<string>()
    const port = await listen(
      net.createServer((socket) => {
        let text = ''
        socket.on('data', (data) => (text += data.toString()))
        socket.on('end', () => heard.resolve(text))
      }),
    )
    net.connect(port, '127.0.0.1').end('GET / HTTP/1.1\r\nHost: x')
    return heard.promise
  },
  'a server that speaks first is heard by a client that only resumes': async () => {
    const port = await listen(net.createServer((socket) => socket.end('hello')))
    const socket = net.connect(port, '127.0.0.1').resume()
    await once(socket, 'close')
    return socket.bytesRead
  },
  'a server that speaks first is heard by a client that ends': async () => {
    const port = await listen(net.createServer((socket) => socket.on('error', () => {}).end('hello')))
    const socket = net.connect(port, '127.0.0.1')
    socket.end()
    return String(await once(socket, 'data'))
  },
  'the addresses are there in `connect`': async () => {
    const seen = Promise.withResolvers<number | undefined>()
    const port = await listen(net.createServer((socket) => seen.resolve(socket.remotePort)))
    const socket = net.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const { remoteAddress, remoteFamily, remotePort, localAddress, localPort } = socket
    const same = localPort === (await seen.promise)
    socket.destroy()
    return [remoteAddress, remoteFamily, remotePort === port, localAddress, same]
  },
  'a client that destroys its socket in `connect` sends nothing': async () => {
    let text = ''
    const port = await listen(
      net.createServer((socket) =>
        socket.on('error', () => {}).on('data', (data) => (text += data.toString())),
      ),
    )
    const socket = net.connect(port, '127.0.0.1', () => socket.destroy())
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    socket.on('error', () => {})
    await once(socket, 'close')
    await sleep(50)
    return text
  },
  'what is written before `connect` counts, and `write` says no at the high-water mark': async () => {
    const port = await listen(net.createServer((socket) => socket.resume()))
    const socket = net.connect(port, '127.0.0.1')
    const said = [socket.write(Buffer.alloc(1000)), socket.write(Buffer.alloc(64 * 1024))]
    const seen = [said, socket.writableLength, socket.bytesWritten, socket.writableNeedDrain]
    await once(socket, 'drain')
    socket.destroy()
    return seen
  },
  '200 pipelined requests are answered': async () => {
    const port = await listen(http.createServer((_, response) => response.end('x'.repeat(1000))))
    const socket = net.connect(port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'.repeat(200)),
    )
    let text = ''
    for await (const part of socket) {
      text += String(part)
      if (text.split('HTTP/1.1 200').length === 201 && text.endsWith('x'.repeat(1000))) break
    }
    return text.split('HTTP/1.1 200').length
  },
  'a socket that is reset and destroyed resets its connection': async () => {
    const ended = Promise.withResolvers<unknown>()
    const port = await listen(
      net.createServer((socket) => {
        socket.resume().on('error', (error) => ended.resolve(told(error)))
        socket.on('end', () => ended.resolve('end'))
      }),
    )
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('x')
      setTimeout(() => socket.resetAndDestroy(), 30)
    })
    socket.on('error', () => {})
    return ended.promise
  },
  'nobody listens: net': () => failing(net.connect(1, '127.0.0.1')),
  'nobody listens: http': () => asking(http.get({ port: 1, host: '127.0.0.1' })),
  'nobody listens: fetch': () => asked(fetch('http://127.0.0.1:2/')),
  'nobody listens: undici': () =>
    asked(new Client('http://127.0.0.1:2').request({ path: '/', method: 'GET' })),
  'nobody has the name: net': () => failing(net.connect(80, 'nobody.invalid')),
  'nobody has the name: http': () => asking(http.get('http://nobody.invalid/')),
  'nobody has the name: undici': () =>
    asked(new Client('http://nobody.invalid').request({ path: '/', method: 'GET' })),
  'another name than that of the certificate: tls': async () => {
    const port = await listen(tls.createServer(keys, (socket) => socket.on('error', () => {})))
    return failing(tls.connect({ port, host: 'localhost', ca: keys.cert, servername: 'wrong.example' }))
  },
  'another name than that of the certificate: https': async () => {
    const port = await listen(https.createServer(keys))
    return asking(https.get({ port, host: 'localhost', ca: keys.cert, servername: 'wrong.example' }))
  },
  'another name than that of the certificate: undici': async () => {
    const port = await listen(https.createServer(keys))
    const connect = { ca: keys.cert, servername: 'wrong.example' }
    return asked(new Client(`https://localhost:${port}`, { connect }).request({ path: '/', method: 'GET' }))
  },
  'a certificate that nobody signed: tls': async () => {
    const port = await listen(tls.createServer(keys, (socket) => socket.on('error', () => {})))
    return failing(tls.connect({ port, host: 'localhost' }))
  },
  'a server that refuses the protocol': async () => {
    const options = { ...keys, ALPNProtocols: ['only'] }
    const port = await listen(tls.createServer(options, (socket) => socket.on('error', () => {})))
    return failing(tls.connect({ port, host: 'localhost', ca: keys.cert, ALPNProtocols: ['other'] }))
  },
  'the identity is checked once, before `secureConnect`': async () => {
    const port = await listen(tls.createServer(keys, (socket) => socket.on('error', () => {}).end('hello')))
    const events: unknown[] = []
    const checkServerIdentity = (name: string): undefined => void events.push(`check ${name}`)
    const socket = tls.connect({ port, host: 'localhost', ca: keys.cert, checkServerIdentity })
    for (const event of ['connect', 'secureConnect', 'end', 'close'])
      socket.on(event, () => {
        events.push(event, socket.authorized, socket.getProtocol(), socket.getPeerCertificate()?.subject?.CN)
      })
    socket.resume()
    await once(socket, 'close')
    return events
  },
  'a session is resumed': async () => {
    const port = await listen(tls.createServer(keys, (socket) => socket.on('error', () => {}).end('hello')))
    const connect = async (session?: Buffer): Promise<[Buffer | undefined, boolean]> => {
      let last: Buffer | undefined
      const socket = tls.connect({ port, host: 'localhost', ca: keys.cert, ...(session ? { session } : {}) })
      socket.on('session', (one: Buffer) => (last = one))
      socket.resume()
      await once(socket, 'secureConnect')
      const isReused = socket.isSessionReused()
      await once(socket, 'close')
      return [last, isReused]
    }
    const [session, first] = await connect()
    const [, second] = await connect(session)
    return [session !== undefined, first, second]
  },
  'TLS goes through TLS': async () => {
    const inner = await listen(
      tls.createServer(keys, (socket) => {
        socket.on('error', () => {})
        socket.on('data', (data) => socket.write(`inner ${data.toString()}`))
      }),
    )
    const outer = await listen(
      tls.createServer(keys, (socket) => {
        const on = net.connect(inner, '127.0.0.1')
        on.on('error', () => {})
        socket.on('error', () => {})
        socket.pipe(on).pipe(socket)
      }),
    )
    const carrier = tls.connect({ port: outer, host: 'localhost', ca: keys.cert })
    const socket = tls.connect({ socket: carrier, servername: 'localhost', ca: keys.cert }, () =>
      socket.write('x'),
    )
    const text = String(await once(socket, 'data'))
    socket.destroy()
    carrier.destroy()
    return text
  },
}

const cassette = how === 'record' ? await openCassette(path, { mode: 'all' }) : undefined
const seen: Record<string, unknown> = {}
for (const [name, run] of Object.entries(cases)) {
  const slow = sleep(8000, 'nothing for 8 s', { ref: false })
  seen[name] = await Promise.race([run().catch(told), slow])
}
await cassette?.close()
await new Promise((resolve) => {
  process.stdout.write(JSON.stringify(seen), resolve)
})
// Its servers and connections are of no use to anybody any more.
// oxlint-disable-next-line unicorn/no-process-exit
process.exit()
