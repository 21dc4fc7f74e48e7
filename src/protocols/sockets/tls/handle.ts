import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

import type { StreamHandle } from '../native-stream.ts'
import { askLive } from '../tcp-handle.ts'

type Method = (...args: unknown[]) => unknown

/** What a handshake that never was has to say; `undefined` everything else. */
const PRETENDED: Readonly<Record<string, Method>> = {
  getCipher: () => ({
    name: 'TLS_AES_256_GCM_SHA384',
    standardName: 'TLS_AES_256_GCM_SHA384',
    version: 'TLSv1.3',
  }),
  getProtocol: () => 'TLSv1.3',
  getEphemeralKeyInfo: () => ({ type: 'ECDH', name: 'X25519', size: 253 }),
  getPeerCertificate: () => ({}),
  getSharedSigalgs: () => [],
  getALPNNegotiatedProtocol: () => false,
  isSessionReused: () => false,
  getServername: () => false,
  exportKeyingMaterial: (length) => Buffer.alloc(Number(length)),
  setMaxSendFragment: () => true,
}

const QUERIES =
  'getCertificate getX509Certificate getFinished getPeerFinished getPeerX509Certificate getSession getTLSTicket verifyError'
const ORDERS =
  'certCbDone destroySSL enableCertCb enableALPNCb endParser enableTrace loadSession newSessionDone receive renegotiate ' +
  'requestOCSP setKeyCert setOCSPResponse setVerifyMode setALPNProtocols writesIssuedByPrevListenerDone ' +
  'enablePskCallback setPskIdentityHint'

/** The TLS side of a socket's handle: it says what the real connection says, if there is one. */
export class TlsSide {
  readonly #socket: TLSSocket
  readonly #handle: StreamHandle
  #isStarted = false
  #isShaken = false
  #isPretended = false
  #wantsKeylog = false
  /** The program's own check of the server's name. */
  #check: unknown
  /** Set by the program after the socket was made. */
  session: unknown
  servername: unknown
  onShaken: () => void = () => {}
  /** In place of what a pretended handshake would say. */
  alpn: string | undefined

  constructor(socket: TLSSocket, handle: StreamHandle, live: () => Socket | undefined) {
    this.#socket = socket
    this.#handle = handle
    const ask =
      (name: string): Method =>
      (...args) => {
        const real = this.#isShaken && this.#isPretended ? undefined : live()
        if (real) return askLive(real, name, args)
        if (name === 'getALPNNegotiatedProtocol' && this.alpn !== undefined) return this.alpn
        return PRETENDED[name]?.(...args)
      }
    for (const name of [...Object.keys(PRETENDED), ...`${QUERIES} ${ORDERS}`.split(' ')])
      this.#define(name, ask(name))
    const keep = (name: 'session' | 'servername', order: string): void =>
      this.#define(order, (value) => {
        this[name] = value
        askLive(live(), order, [value])
      })
    keep('session', 'setSession')
    keep('servername', 'setServername')
    this.#define('enableSessionCallbacks', () => {})
    this.#define('enableKeylogCallback', () => {
      this.#wantsKeylog = true
      const real = live()
      if (real) this.#followKeylog(real)
    })
    this.#define('start', () => {
      this.#isStarted = true
      if (this.#isPretended) this.#finishSoon()
    })
  }

  get isPretended(): boolean {
    return this.#isPretended
  }
  /** Whether the handshake is over. */
  get isShaken(): boolean {
    return this.#isShaken
  }

  /** No server is at the other end: the handshake succeeds. */
  pretend(): void {
    if (this.#isShaken || this.#isPretended) return
    this.#isPretended = true
    // There is no certificate to look at.
    const options = connectOptions(this.#socket)
    if (options) this.#check ??= options['checkServerIdentity']
    if (options) options['checkServerIdentity'] = () => undefined
    if (this.#isStarted) this.#finishSoon()
  }

  /** What the real connection is to check of its server: as the client does, and only once. */
  identity(): { checkServerIdentity: (host: string, certificate: unknown) => unknown } | undefined {
    const options = connectOptions(this.#socket)
    const check = (this.#check ??= options?.['checkServerIdentity'])
    if (!options || typeof check !== 'function') return undefined
    let found: unknown
    if (!this.#isPretended) options['checkServerIdentity'] = () => found
    return {
      checkServerIdentity: (host, certificate) => {
        found = (check as (host: string, certificate: unknown) => unknown)(host, certificate)
        return found
      },
    }
  }

  /** The handshake of `live` is the client's. */
  use(live: Socket): void {
    if (this.#wantsKeylog) this.#followKeylog(live)
    live.on('session', (session: Buffer) => this.#tell('onnewsession', 0, session))
    live.on('OCSPResponse', (response: unknown) => this.#tell('onocspresponse', response))
    if (this.#isPretended) return
    live.on('secureConnect', () => {
      this.#shake()
      // The handshake is done anew: `renegotiate`.
      live.on('secure', () => this.#tell('onhandshakedone'))
    })
  }

  #followKeylog(live: Socket): void {
    live.on('keylog', (line: Buffer) => this.#tell('onkeylog', line))
  }

  #finishSoon(): void {
    process.nextTick(() => {
      if (this.#isShaken) return
      this.#shake()
    })
  }

  #shake(): void {
    this.#isShaken = true
    this.#tell('onhandshakedone')
    this.onShaken()
  }

  #tell(name: string, ...args: unknown[]): void {
    const tell: unknown = Reflect.get(this.#handle, name)
    if (typeof tell === 'function' && !this.#socket.destroyed) Reflect.apply(tell, this.#handle, args)
  }

  #define(name: string, value: Method): void {
    Object.defineProperty(this.#handle, name, { value, configurable: true, writable: true })
  }
}

/** What `tls.connect` was called with. */
export function connectOptions(socket: TLSSocket): Record<string, unknown> | undefined {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === 'connect-options',
  )
  return symbol && (Reflect.get(socket, symbol) as Record<string, unknown> | undefined)
}
