import type { Tap } from '../../exchange/gate.ts'
import type { FrameContent, HeaderPairs } from '../../exchange/exchange.ts'
import { failureOf } from '../failure.ts'
import { readResponse, type ResponseReader } from '../connection/response-reader.ts'
import { FrameReader } from './frames.ts'
import { withoutAccept } from './handshake.ts'

/** Reads what comes of a WebSocket's opening, and what both sides say then. */
export interface WebSocketReader extends ResponseReader {
  /** The client wrote this, behind its opening. */
  said(chunk: Uint8Array): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})\b/

/**
 * The head of the answer is read as any response's; what follows a 101 is read at once, in the tick in which it passes: a
 * client may answer a frame while it is being handed it, and the order of what was said is what a replay goes by.
 * @param request the header lines of the opening
 * @param opening told of everything but frames, and of all of an answer that is no 101
 */
export function readWebSocket(request: HeaderPairs, tap: Tap, opening: Tap): WebSocketReader {
  let state: 'head' | 'frames' | 'plain' = 'head'
  let isOpen = false
  let isClosed = false
  const early: (() => void)[] = []
  const { promise, resolve } = Promise.withResolvers<void>()

  /** What was said before the head had been parsed is told behind it. */
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
    // Behind the head of a 101 there is nothing more for the parser to read.
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
      // Once either side has said that it closes, who ends the connection is of no interest.
      if (state === 'frames') finish(() => (isClosed ? tap.end() : tap.cut()))
      else response.cut()
    },
  }
}
