import type { Tap } from '../../exchange/gate.ts'
import type { FrameContent, HeaderPairs } from '../../exchange/exchange.ts'
import { failureOf } from '../failure.ts'
import { readResponse, type ResponseReader } from '../connection/response-reader.ts'
import { FrameReader } from './frames.ts'
import { withoutAccept } from './handshake.ts'

/** Reads the response to a WebSocket's opening request, and then the frames of both sides. */
export interface WebSocketReader extends ResponseReader {
  /** The client wrote `chunk` after its opening request. */
  said(chunk: Uint8Array): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})\b/

/**
 * The head of the response is parsed like any other. Bytes after a 101 are read in the tick in which they pass: a
 * client may answer a frame at once, and a replay depends on the order of the frames.
 * @param request the headers of the opening request
 * @param opening gets everything except frames: the whole response if it is not a 101
 */
export function readWebSocket(request: HeaderPairs, tap: Tap, opening: Tap): WebSocketReader {
  let state: 'head' | 'frames' | 'plain' = 'head'
  let isOpen = false
  let isClosed = false
  const early: (() => void)[] = []
  const { promise, resolve } = Promise.withResolvers<void>()

  /** Frames that came before the head was parsed are reported after it. */
  const tell = (what: () => void): void => {
    if (isOpen) what()
    else early.push(what)
  }
  const readerOf = (from: 'client' | 'server'): FrameReader =>
    new FrameReader(from, (frame: FrameContent) => {
      if (frame.kind === 'close') isClosed = true
      tell(() => tap.frame(from, frame))
    })
  const server = readerOf('server')
  const client = readerOf('client')
  const finish = (what: () => void): void => {
    server.end()
    tell(what)
    tell(resolve)
  }

  const response = readResponse('GET', {
    ...opening,
    informational: (one) => opening.informational(one),
    head(head) {
      if (state !== 'frames') return opening.head(head)
      opening.head({ ...head, headers: withoutAccept(head.headers, request) })
      isOpen = true
      for (const what of early.splice(0)) what()
    },
    data: (chunk) => opening.data(chunk),
    end: (trailers) => opening.end(trailers),
    fail(failure) {
      opening.fail(failure)
      if (state === 'frames' && !isOpen) resolve()
    },
    // After the head of a 101 the parser has nothing more to read.
    cut: () => void (state === 'frames' || opening.cut()),
  })
  void response.finished.then(() => state === 'frames' || resolve())

  let head = Buffer.alloc(0)
  function readHead(chunk: Uint8Array): void {
    head = Buffer.concat([head, chunk])
    for (let end = head.indexOf(HEAD_END); end !== -1; end = head.indexOf(HEAD_END)) {
      const block = head.subarray(0, end + HEAD_END.length)
      const status = STATUS_LINE.exec(block.toString('latin1', 0, 16))?.[1]
      if (status === undefined || !status.startsWith('1')) break
      head = head.subarray(block.length)
      if (status === '101') state = 'frames'
      response.write(block)
      if (state === 'frames') return server.write(head)
    }
    if (head.includes(HEAD_END) || head.length > 64 * 1024) {
      state = 'plain'
      response.write(head)
    }
  }

  return {
    finished: promise,
    write(chunk) {
      if (state === 'head') readHead(chunk)
      else if (state === 'plain') response.write(chunk)
      else server.write(chunk)
    },
    said(chunk) {
      if (state === 'frames') client.write(Buffer.from(chunk))
    },
    end() {
      if (state === 'frames') return finish(() => tap.end())
      if (state === 'head') response.write(head)
      response.end()
    },
    fail(error) {
      if (state === 'frames') finish(() => tap.fail(failureOf(error)))
      else response.fail(error)
    },
    cut() {
      // After a close frame of either side it does not matter who ends the connection.
      if (state === 'frames') finish(() => (isClosed ? tap.end() : tap.cut()))
      else response.cut()
    },
  }
}
