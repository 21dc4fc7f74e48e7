import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import type { Exchange, ExchangeResponse, Frame, FrameContent, HeaderPairs } from '../exchange/exchange.ts'
import { bytesOfText } from './browser-text.ts'
import { exchangeOf } from './exchange-of.ts'
import type { Importer, Lost } from './importer.ts'
import { readElements } from './read-json.ts'
import { bodyOf, listOf, type Members, membersOf, numberOf, pairsOf, textOf } from './values.ts'

/** HAR 1.2 of any maker, and what Polly.js stores. */
export const har: Importer = {
  format: 'har',
  fits: ({ head }) => {
    const text = head.toString('latin1')
    return /^\W*\{\s*"log"\s*:\s*\{/.test(text) && /"(?:entries|creator|version)"/.test(text)
  },
  *read(source, lost) {
    let count = 0
    for (const entry of readElements(source, ['log', 'entries'], 'entry')) {
      count += 1
      const exchange = exchangeOfEntry(membersOf(entry), source, `entry ${count}`, lost)
      if (exchange) yield exchange
    }
    if (count === 0 && !/"entries"\s*:\s*\[\s*\]/.test(source.head.toString('latin1')))
      throw new ImportError(source.path, '', 'has no list log.entries, or ends in its first entry')
  },
}

function exchangeOfEntry(entry: Members, source: Source, place: string, lost: Lost): Exchange | undefined {
  const request = membersOf(entry['request'])
  const response = membersOf(entry['response'])
  const url = textOf(request['url'])
  if (!/^(?:https?|wss?):/i.test(url)) {
    lost(`a request that is not of HTTP (${url.split(':', 1)[0] || 'no URL'}:)`, place)
    return undefined
  }
  const asked = {
    method: textOf(request['method']) || 'GET',
    url: url.replace(/#.*$/s, ''),
    headers: pairsOf(request['headers']),
    body: postedBody(membersOf(request['postData']), source, place, lost),
  }
  const status = numberOf(response['status']) ?? 0
  const at = textOf(entry['startedDateTime'])
  if (status < 100) {
    // Chrome shows a request that got no response with status 0, and mostly says nothing of why.
    const message = textOf(response['_error']) || textOf(response['comment'])
    if (message !== '')
      return exchangeOf({ at, request: asked, failure: { name: 'Error', message } }, source.writtenAt)
    lost('a request without a response (blocked, aborted, or still open)', place)
    return undefined
  }
  const frames = framesOf(entry)
  const content = { ...membersOf(response['content']), bodySize: response['bodySize'] }
  const body = frames ? null : contentOf(content, source, place, lost)
  if (body === undefined) return undefined
  const headers = pairsOf(response['headers'])
  return exchangeOf(
    {
      at,
      request: frames ? { ...asked, url: asked.url.replace(/^http/i, 'ws') } : asked,
      response: {
        status: frames ? 101 : status,
        ...reasonOf(textOf(response['statusText'])),
        ...versionOf(`${textOf(response['httpVersion'])} ${textOf(request['httpVersion'])}`),
        headers: oneLineEach(headers),
        delayMs: Math.max(0, Math.floor((numberOf(membersOf(entry['timings'])['wait']) ?? 0) / 100) * 100),
        body,
        ...(frames && { frames }),
      },
    },
    source.writtenAt,
  )
}

const reasonOf = (reason: string): { reason?: string } => (reason === '' ? {} : { reason })

const versionOf = (text: string): Pick<ExchangeResponse, 'version'> =>
  /\bh[23]\b|HTTP\/[23]/i.test(text) ? { version: '2' } : {}

/** Chrome joins the lines of a repeated header with line ends. */
const oneLineEach = (headers: HeaderPairs): HeaderPairs =>
  headers.flatMap(([name, value]) => value.split('\n').map((line): readonly [string, string] => [name, line]))

function postedBody(post: Members, source: Source, place: string, lost: Lost): Buffer | null {
  const { text, params, encoding, _file: file } = post
  if (typeof file === 'string') return attached(file, source, place, lost) ?? null
  if (typeof text === 'string' && text !== '')
    return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8')
  const fields = listOf(params).map(membersOf)
  if (fields.length === 0) return null
  if (fields.some(({ fileName }) => fileName !== undefined)) {
    lost('the body of an upload, of which only the names of files are kept', place)
    return null
  }
  return Buffer.from(
    new URLSearchParams(
      fields.map(({ name, value }): [string, string] => [textOf(name), textOf(value)]),
    ).toString(),
  )
}

/** @returns `undefined` if the body is not in the file */
function contentOf(content: Members, source: Source, place: string, lost: Lost): Buffer | null | undefined {
  const { text, encoding, _file: file, size, bodySize, _isBinary: isBinary } = content
  if (typeof file === 'string') return attached(file, source, place, lost)
  if (typeof text !== 'string' || text === '') {
    // A chunked body without any bytes has five on the wire.
    if ((numberOf(size) ?? 0) <= 0 && (numberOf(bodySize) ?? 0) <= 5) return null
    lost('a response whose body was not saved', place)
    return undefined
  }
  const pieces = isBinary === true || encoding === 'base64' ? piecesOf(text) : undefined
  if (pieces)
    return Buffer.concat(
      pieces.map((piece) => Buffer.from(piece, /^[\da-f]*$/i.test(piece) ? 'hex' : 'base64')),
    )
  return encoding === 'base64' ? Buffer.from(text, 'base64') : bytesOfText(text)
}

/** Polly.js keeps the chunks of a compressed body as a JSON list of hex or Base64. */
function piecesOf(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : undefined
  } catch {
    return undefined
  }
}

/** Playwright keeps bodies as files beside the HAR. */
function attached(name: string, source: Source, place: string, lost: Lost): Buffer | undefined {
  const bytes = source.beside(name)
  if (!bytes) lost('a body in a file of its own that is not there', place)
  return bytes
}

/** Chrome's and Playwright's messages of a WebSocket. */
function framesOf(entry: Members): Frame[] | undefined {
  const { _webSocketMessages: messages } = entry
  if (!Array.isArray(messages)) return undefined
  let before: number | undefined
  return messages.map(membersOf).map(({ type, time, opcode, data }) => {
    const at = numberOf(time) ?? 0
    const delayMs = before === undefined ? 0 : Math.max(0, Math.round((at - before) * 1000))
    before = at
    return {
      from: type === 'send' ? 'client' : 'server',
      delayMs,
      ...frameOf(numberOf(opcode) ?? 1, textOf(data)),
    }
  })
}

function frameOf(opcode: number, data: string): FrameContent {
  if (opcode === 1) return { kind: 'text', data: bodyOf(data) ?? Buffer.alloc(0) }
  const bytes = Buffer.from(data, 'base64')
  if (opcode === 9) return { kind: 'ping', data: bytes }
  if (opcode === 10) return { kind: 'pong', data: bytes }
  if (opcode !== 8) return { kind: 'binary', data: bytes }
  return bytes.length < 2
    ? { kind: 'close' }
    : { kind: 'close', code: bytes.readUInt16BE(0), reason: bytes.toString('utf8', 2) }
}
