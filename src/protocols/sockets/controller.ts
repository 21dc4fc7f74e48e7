import type { Socket } from 'node:net'

import { toError } from '../../base/to-error.ts'
import { nextTurn } from '../../clock.ts'
import { changedHead } from '../internals/request-head.ts'
import type { ConnectionOptions, Dialler } from './dialler.ts'
import { EarlyWrites } from './early-writes.ts'
import { Establishing } from './establishing.ts'
import { Incoming } from './incoming.ts'
import { LiveEnd } from './live.ts'
import { newStream, type StreamHandle, type StreamRequest } from './native-stream.ts'
import { Outgoing } from './outgoing.ts'
import { likeTcp } from './tcp-handle.ts'
import { guarded, Heard, serverSide } from './server-side.ts'

const PENDING = 0
const CLAIMED = 1
const PASSTHROUGH = 2

/**
 * The two ends of one client connection: what its client writes is kept until it is decided where it goes, and the socket
 * itself stays the client's own, with a handle of ours beneath.
 * @remarks Its methods and `readyState` are those that the interceptors call on their own controller.
 */
export class SocketController {
  readyState: 0 | 1 | 2 = PENDING
  readonly socket: Socket
  readonly serverSocket: Socket
  readonly handle: StreamHandle
  connectionOptions: ConnectionOptions = {}
  /** Everything that is written is wanted, also before it is decided where it goes. */
  wantsAll = false
  /** Its client writes a request only when it is connected: that it fails is told when the request is known. */
  isPatient = false
  /** A request has come out of what was written. */
  hasRequest = false
  /** A listener cannot read what the client wrote. */
  onUnreadable: (error: Error) => void = () => this.#passSoon()
  readonly #heard = new Heard()
  readonly #incoming: Incoming
  readonly #outgoing: Outgoing
  readonly establishing: Establishing
  readonly early: EarlyWrites
  readonly #dialler: Dialler
  readonly #live: LiveEnd
  #isComplete = false
  #resetsNext = false
  #writing: ReturnType<Outgoing['add']> | undefined

  constructor(socket: Socket, dialler: Dialler) {
    this.socket = socket
    this.#dialler = dialler
    this.handle = newStream()
    this.#incoming = new Incoming(this.handle, () => socket.connecting || !dialler.isReady())
    // The client hears that it has written its request before it reads the answer.
    this.#outgoing = new Outgoing(this.handle, () => this.#incoming.waitATurn())
    this.establishing = new Establishing(socket, this.handle)
    this.early = new EarlyWrites(socket, {
      peek: (bytes) => {
        this.isSilent = false
        this.#note(this.#heard.tell('data', bytes))
      },
      take: (bytes) => {
        this.#outgoing.add(undefined, bytes)
        this.#settle()
      },
    })
    this.#live = new LiveEnd({
      socket,
      handle: this.handle,
      dialler,
      incoming: this.#incoming,
      establishing: this.establishing,
      options: () => this.connectionOptions,
      tellsFailure: () => this.readyState !== PENDING || (this.isSilent && !this.isPatient),
      onKeptFailure: () => {
        if (this.isSilent) this.#pretendAfterFailure()
        else if (this.wantsAll) this.want()
      },
      // It is recorded with what its client has ready.
      beforeFailure: (tell) => this.early.drain(() => !this.hasRequest || this.#isComplete, tell),
    })
    likeTcp(this.handle, {
      live: () => this.live,
      options: () => this.connectionOptions,
      queued: () => this.#outgoing.queued,
      onClose: (isReset) => this.#onClose(isReset),
    })
    this.handle.onwrite = (request, buffers) => this.#onWrite(request, buffers)
    this.handle.onshutdown = (request) => this.#onShutdown(request)
    this.#incoming.onWanted = () => void this.live?.resume()
    this.#incoming.onDrain = () => void this.#heard.tell('drain')
    this.serverSocket = serverSide(socket, this.#heard, {
      give: (bytes, done) => {
        if (!this.live) this.pretend()
        return this.#incoming.push(bytes, done)
      },
      giveEnd: () => this.#incoming.end(),
    })
  }

  get live(): Socket | undefined {
    return this.#live.socket
  }
  /** The client has written nothing yet. */
  isSilent = true
  /** What the server says reaches the client, whatever is decided of what the client will write. */
  get hearsServer(): boolean {
    return this.live !== undefined && this.isSilent
  }

  /** What the client wrote before anybody listened is heard now. */
  announced(): void {
    this.#note(this.#heard.begin())
    this.#settle()
  }

  /** Connects for real before it is known what for. The client is told everything as it happens. */
  dial(): void {
    this.#live.dial()
  }

  /** There is no server, or not yet: the client hears that it is connected. */
  pretend(): void {
    if (this.socket.destroyed || (this.establishing.isDone && this.#dialler.isReady())) return
    this.establishing.finish()
    if (!this.live) this.#dialler.pretend()
  }

  claim(): void {
    if (this.readyState !== PENDING) throw new Error('the connection is decided already')
    this.readyState = CLAIMED
    if (this.socket.destroyed) return
    if (!this.establishing.isDone || !this.#dialler.isReady()) this.#live.drop()
    this.pretend()
    this.#settle()
  }

  passthrough(flush?: unknown): Socket {
    if (this.readyState !== PENDING) throw new Error('the connection is decided already')
    this.readyState = PASSTHROUGH
    if (typeof flush === 'function') this.#outgoing.edit((bytes) => changedHead(bytes, flush))
    const failed = this.#live.takeFailure()
    if (failed) return failed
    if (!this.socket.destroyed) this.dial()
    this.#settle()
    return guarded(this.live ?? this.socket)
  }

  /** What is written next is for the listeners to decide anew. */
  reset(): void {
    if (this.readyState === PENDING) return
    this.readyState = PENDING
    this.#resetsNext = false
    this.#isComplete = false
    this.hasRequest = false
    this.wantsAll = false
    this.early.stop()
    this.#outgoing.keepOnly(this.#writing)
  }
  scheduleReset(): void {
    this.#resetsNext = true
    this.#isComplete = true
  }

  /** Asks the client for the rest of its request. */
  want(): void {
    this.wantsAll = true
    if (this.readyState !== PENDING) return
    if (this.socket.connecting && !this.isSilent) this.early.takeAll()
    else if (!this.live) this.pretend()
    else if (this.#live.hasFailed) this.#pretendAfterFailure()
    this.#settle()
  }

  /** The failure is told when the request goes there. */
  #pretendAfterFailure(): void {
    this.#live.forget()
    this.pretend()
  }
  /** The client may read. */
  readonly flushReads = (): void => this.#incoming.flush()
  readonly corkReads = (): void => this.#incoming.hold(true)
  readonly uncorkReads = (): void => this.#incoming.hold(false)

  /** A tunnel leads on to another server. */
  retarget(options: ConnectionOptions): void {
    this.connectionOptions = options
    if (this.readyState !== PASSTHROUGH) this.#live.drop()
    this.reset()
  }

  /** Whatever is written from now on goes to the server, and nobody listens. */
  openRaw(): void {
    this.#heard.forget('data')
    this.#resetsNext = false
    this.readyState = PASSTHROUGH
    this.dial()
    this.#settle()
  }

  #onWrite(request: StreamRequest, buffers: readonly Buffer[]): number {
    const bytes = Buffer.concat(buffers)
    const known = this.early.takePeeked(bytes.byteLength)
    if (this.#resetsNext && known < bytes.byteLength) this.reset()
    const entry = this.#outgoing.add(request, bytes)
    this.#writing = entry
    this.isSilent = false
    if (known < bytes.byteLength) this.#note(this.#heard.tell('data', bytes.subarray(known)))
    this.#writing = undefined
    this.#settle()
    return 0
  }

  #onShutdown(request: StreamRequest): number {
    this.#outgoing.shutdown = request
    // It has said nothing: there is nothing to decide.
    if (this.readyState === PENDING && this.hearsServer) this.#outgoing.end((done) => this.live?.end(done))
    else this.#settle()
    if (this.#outgoing.shutdown && this.readyState === PENDING && !this.hasRequest) this.#passSoon()
    return 0
  }

  #note([failure]: readonly unknown[]): void {
    if (failure !== undefined) nextTurn(() => this.onUnreadable(toError(failure)))
  }

  #passSoon(): void {
    nextTurn(() => {
      if (this.readyState === PENDING && !this.socket.destroyed) this.passthrough()
    })
  }

  #settle(): void {
    if (this.readyState === PASSTHROUGH && this.live) {
      this.#outgoing.writeTo(this.live)
      this.#outgoing.end((done) => this.live?.end(done))
    } else if (this.readyState === CLAIMED) {
      this.#outgoing.keepOnly(undefined)
      this.#outgoing.end((done) => process.nextTick(done))
    } else if (!this.hasRequest || (this.wantsAll && !this.#isComplete)) this.#outgoing.acknowledge()
  }

  #onClose(isReset: boolean): void {
    this.#incoming.clear()
    if (isReset) this.live?.resetAndDestroy()
    else this.live?.destroy()
    nextTurn(() => this.#outgoing.cancel())
  }
}
