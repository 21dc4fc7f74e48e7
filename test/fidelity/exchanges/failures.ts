import { setTimeout as sleep } from 'node:timers/promises'
import { streamedAnswer } from '../answers.ts'
import { CHUNKED, chunk, head, say, TEXT } from '../say.ts'
import type { Exchange, ExchangeFamily } from '../types.ts'

const soon = (): Promise<void> => sleep(6)
const nothing = (): void => {}
const HELLO = 'hello'

export const FAILURES: ExchangeFamily = {
  name: 'Failures',
  exchanges: [
    {
      name: 'connection refused',
      needs: ['direct'],
      address: ({ refused }, path) => ({ url: `${refused}${path}` }),
      serve: nothing,
    },
    {
      name: 'unknown host',
      needs: ['direct'],
      slow: true,
      address: (_, path) => ({ url: `http://nobody.invalid${path}` }),
      serve: nothing,
    },
    {
      name: 'TLS failure',
      needs: ['https', 'direct'],
      address: ({ untrusted }, path) => ({ url: `${untrusted}${path}` }),
      serve: (wire) => say(wire, '200 OK', [TEXT], 'never'),
    },
    {
      name: 'closed before the response',
      needs: ['direct'],
      async serve(wire) {
        await wire.body
        wire.socket.end()
      },
    },
    {
      name: 'reset before the response',
      needs: ['direct'],
      async serve(wire) {
        await wire.body
        wire.socket.resetAndDestroy()
      },
    },
    {
      name: 'reset in mid-body',
      needs: ['direct'],
      slow: true,
      async serve(wire) {
        await wire.body
        wire.write(`${head('200 OK', TEXT, ['content-length', '100'])}${HELLO}`)
        await sleep(20)
        wire.socket.resetAndDestroy()
      },
    },
    {
      name: 'a body shorter than its length',
      needs: ['direct', 'truncation'],
      async serve(wire) {
        await wire.body
        wire.write(`${head('200 OK', TEXT, ['content-length', '100'])}${HELLO}`)
        await soon()
        wire.socket.end()
      },
    },
    {
      name: 'a chunked body without its end',
      needs: ['direct', 'truncation'],
      async serve(wire) {
        await wire.body
        wire.write(head('200 OK', TEXT, CHUNKED))
        wire.write(chunk(HELLO))
        await soon()
        wire.socket.end()
      },
    },
    {
      name: 'a stream cut in mid-event',
      needs: ['direct', 'truncation'],
      request: { streaming: true },
      async serve(wire, dialect) {
        await wire.body
        const { type, parts } = streamedAnswer(dialect)
        const bytes = Buffer.concat(parts)
        wire.write(head('200 OK', ['content-type', type], CHUNKED))
        wire.write(chunk(bytes.subarray(0, Math.floor(bytes.length / 2))))
        await soon()
        wire.socket.end()
      },
    },
    {
      name: 'no HTTP at all',
      needs: ['direct'],
      async serve(wire) {
        await wire.body
        wire.write('SSH-2.0-OpenSSH\r\n')
        wire.socket.end()
      },
    },
  ],
}

const TIMEOUT_MS = 200

/** The server sends nothing more but keeps the socket open. */
const stall: Exchange['serve'] = async (wire) => void (await wire.body)
const stallInBody: Exchange['serve'] = async (wire) => {
  await wire.body
  wire.write(`${head('200 OK', TEXT, ['content-length', '100'])}${HELLO}`)
}

/** A stream that sends nothing more after its first event. The body comes `afterMs` after the head. */
const stallInStream =
  (afterMs: number): Exchange['serve'] =>
  async (wire, dialect) => {
    await wire.body
    const { type, parts } = streamedAnswer(dialect)
    wire.write(head('200 OK', ['content-type', type], CHUNKED))
    await sleep(afterMs)
    // An SDK needs several events before it reports the first.
    const events = dialect === 'plain' ? 1 : Math.ceil(parts.length / 2)
    wire.write(chunk(Buffer.concat(parts.slice(0, events))))
  }

export const ABORTS: ExchangeFamily = {
  name: 'Timeouts and aborts',
  exchanges: [
    {
      name: 'no response, client timeout',
      slow: true,
      needs: ['timeout'],
      request: { timeoutMs: TIMEOUT_MS },
      serve: stall,
    },
    {
      name: 'stalled body, client timeout',
      slow: true,
      needs: ['timeout', 'direct'],
      request: { timeoutMs: TIMEOUT_MS },
      serve: stallInBody,
    },
    { name: 'aborted before it is sent', needs: ['abort'], request: { abort: 'before' }, serve: stall },
    {
      name: 'aborted while waiting',
      slow: true,
      needs: ['abort'],
      request: { abort: 'waiting' },
      serve: stall,
    },
    {
      name: 'aborted at the head',
      needs: ['abort-at-head', 'direct'],
      request: { abort: 'at-head', streaming: true },
      slow: true,
      serve: stallInStream(30),
    },
    {
      name: 'aborted in the body',
      needs: ['abort-in-body', 'direct'],
      request: { abort: 'in-body', streaming: true },
      slow: true,
      serve: stallInStream(0),
    },
  ],
}
