import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import tls from 'node:tls'

import { tempFolder } from '../helpers/temp-folder.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'

const keys = selfSigned()

/** Servers that speak first or second, plain or over TLS, as databases, mail servers and caches do. */
export interface RawServers {
  /** How many connections have come. */
  readonly connections: () => number
  readonly port: (kind: RawKind) => number
  readonly unix: string
  stop(): Promise<void>
}
type RawKind = 'serverFirst' | 'clientFirst' | 'tlsServerFirst' | 'tlsClientFirst' | 'startTls'

const echo = (socket: net.Socket): void =>
  void socket.on('data', (data: Buffer) => socket.write(`+${String(data)}`))
const greet = (socket: net.Socket): void => {
  socket.write('hello ')
  echo(socket)
}
const upgrade = (socket: net.Socket): void => {
  socket.write('hello ')
  socket.once('data', () => {
    socket.write('go')
    echo(new tls.TLSSocket(socket, { isServer: true, ...keys }).on('error', () => {}))
  })
}

/** @param unix the path of a socket on which the client speaks first */
async function startRawServers(unix: string): Promise<RawServers> {
  const servers = {
    serverFirst: net.createServer(greet),
    clientFirst: net.createServer(echo),
    tlsServerFirst: tls.createServer(keys, greet),
    tlsClientFirst: tls.createServer(keys, echo),
    startTls: net.createServer(upgrade),
    unix: net.createServer(echo),
  }
  const sockets: net.Socket[] = []
  for (const [name, server] of Object.entries(servers)) {
    server.on('connection', (socket) => {
      sockets.push(socket.on('error', () => {}))
    })
    server.on('tlsClientError', () => {})
    if (name === 'unix') server.listen(unix)
    else server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  return {
    connections: () => sockets.length,
    port: (kind) => (servers[kind].address() as AddressInfo).port,
    unix,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

/** Gives every test of a suite its own servers. */
export function rawServers(): RawServers {
  let folder: ReturnType<typeof tempFolder> | undefined
  let running: RawServers | undefined
  beforeEach(async () => {
    folder = tempFolder()
    running = await startRawServers(join(folder.path, 'db.sock'))
  })
  const stop = async (): Promise<void> => {
    await running?.stop()
    folder?.remove()
  }
  afterEach(stop)
  return {
    connections: () => running?.connections() ?? 0,
    port: (kind) => running?.port(kind) ?? 0,
    get unix() {
      return running?.unix ?? ''
    },
    stop,
  }
}

/** Sends `ask` when the server has sent `after`. Resolves with everything the server sends up to its answer. */
function talk(socket: net.Socket, after: string, event?: 'connect' | 'secureConnect'): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let heard = ''
  const ask = (): void => void socket.write('ask')
  socket.on('error', reject)
  socket.on('close', () => reject(new Error(`closed after ${JSON.stringify(heard)}`)))
  const listen = (): void =>
    void socket.on('data', (data: Buffer) => {
      heard += String(data)
      if (after !== '' && heard === after) ask()
      if (heard.endsWith('+ask')) resolve(heard)
    })
  if (event)
    socket.once(event, () => {
      listen()
      ask()
    })
  else {
    listen()
    if (after === '') ask()
  }
  return promise.finally(() => socket.destroy())
}

const secure = (port: number): tls.TLSSocket => tls.connect({ host: '127.0.0.1', port, ca: keys.cert })

/** Clients of those servers. Each returns what it received. */
export const RAW_CLIENTS: Readonly<
  Record<string, { readonly hears: string; readonly ask: (servers: RawServers) => Promise<string> }>
> = {
  'TCP, the server speaks first': {
    hears: 'hello +ask',
    ask: (servers) => talk(net.connect(servers.port('serverFirst'), '127.0.0.1'), 'hello '),
  },
  'TCP, the client speaks first': {
    hears: '+ask',
    ask: (servers) => talk(net.connect(servers.port('clientFirst'), '127.0.0.1'), ''),
  },
  'TCP, the client speaks when it is connected': {
    hears: '+ask',
    ask: (servers) => talk(net.connect(servers.port('clientFirst'), '127.0.0.1'), '', 'connect'),
  },
  'TLS, the server speaks first': {
    hears: 'hello +ask',
    ask: (servers) => talk(secure(servers.port('tlsServerFirst')), 'hello '),
  },
  'TLS, the client speaks when it is connected': {
    hears: '+ask',
    ask: (servers) => talk(secure(servers.port('tlsClientFirst')), '', 'secureConnect'),
  },
  'TCP that turns into TLS (STARTTLS)': {
    hears: '+ask',
    async ask(servers) {
      const socket = net.connect(servers.port('startTls'), '127.0.0.1')
      await once(socket, 'data')
      socket.write('STARTTLS')
      await once(socket, 'data')
      return talk(tls.connect({ socket, ca: keys.cert, servername: 'localhost' }), '', 'secureConnect')
    },
  },
  'a unix socket': {
    hears: '+ask',
    ask: (servers) => talk(net.connect(servers.unix), '', 'connect'),
  },
}
