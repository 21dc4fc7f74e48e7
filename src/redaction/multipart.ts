import type { ContentType } from '../exchange/headers.ts'
import { parseContentType } from '../exchange/headers.ts'
import { bufferOf } from './byte-text.ts'
import type { ByteText } from './byte-text.ts'

/** A part of a multipart body: offsets of its header lines and of its content. */
export interface Part {
  readonly headStart: number
  readonly headEnd: number
  readonly start: number
  readonly end: number
  /** The field's name; absent: the part does not say. */
  readonly name?: ByteText
  /** A file, as its header says, and not a field. */
  readonly isFile: boolean
  readonly contentType?: ContentType
}

const BLANK_LINE = Buffer.from('\r\n\r\n')

/** The parts of a multipart body (RFC 2046 §5.1.1). A part that is cut short ends with the body. */
export function* partsOf(bytes: Uint8Array, boundary: string): Generator<Part> {
  const buffer = bufferOf(bytes)
  const delimiter = Buffer.from(`--${boundary}`)
  let at = buffer.indexOf(delimiter)
  while (at !== -1) {
    const headStart = at + delimiter.length
    if (buffer.toString('latin1', headStart, headStart + 2) === '--') return
    const next = buffer.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), headStart)
    const end = next === -1 ? buffer.length : next
    // A part without headers starts with the blank line.
    const blank = buffer.indexOf(BLANK_LINE, headStart)
    if (blank !== -1 && blank + BLANK_LINE.length <= end) {
      const head = buffer.toString('latin1', headStart, blank)
      yield { headStart, headEnd: blank, start: blank + BLANK_LINE.length, end, ...readHead(head) }
    }
    at = next === -1 ? -1 : next + 2
  }
}

function readHead(head: ByteText): Pick<Part, 'name' | 'isFile' | 'contentType'> {
  const disposition = /^content-disposition:(.*(?:\r\n[ \t].*)*)/im.exec(head)?.[1]
  const parameters = parseContentType(disposition ?? '')?.parameters
  const name = parameters?.get('name')
  const type = /^content-type:(.*)/im.exec(head)?.[1]
  const contentType = type === undefined ? undefined : parseContentType(type)
  return {
    ...(name === undefined ? {} : { name }),
    isFile: parameters?.has('filename') === true || parameters?.has('filename*') === true,
    ...(contentType === undefined ? {} : { contentType }),
  }
}
