import { defined } from '../../base/defined.ts'
import { bufferOf } from '../../base/bytes.ts'
import type { ContentType } from '../../exchange/headers.ts'
import { parseContentType } from '../../exchange/headers.ts'
import type { ByteText } from '../byte-text.ts'

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

const BLANK_LINE = '\r\n\r\n'
/** What follows the boundary in a delimiter line: white space, or the two hyphens of the last one. */
const AFTER_BOUNDARY = /^(?:--|[ \t]*(?:\r\n|$))/

/** The parts of a multipart body (RFC 2046 §5.1.1). A part that is cut short ends with the body. */
export function* partsOf(bytes: Uint8Array, boundary: string): Generator<Part> {
  const buffer = bufferOf(bytes)
  const first = `--${boundary}`
  const next = `\r\n${first}`
  let at = buffer.toString('latin1', 0, first.length) === first ? 0 : delimiterAt(buffer, next, 0)
  let headStart = at === 0 ? first.length : at + next.length
  while (at !== -1 && buffer.toString('latin1', headStart, headStart + 2) !== '--') {
    at = delimiterAt(buffer, next, headStart)
    const end = at === -1 ? buffer.length : at
    // A part without headers starts with the blank line.
    const blank = headStart + buffer.subarray(headStart, end).indexOf(BLANK_LINE)
    if (blank >= headStart) {
      const head = buffer.toString('latin1', headStart, blank)
      yield { headStart, headEnd: blank, start: blank + BLANK_LINE.length, end, ...readHead(head) }
    }
    headStart = at + next.length
  }
}

function delimiterAt(buffer: Buffer, delimiter: string, from: number): number {
  let at = buffer.indexOf(delimiter, from)
  while (at !== -1) {
    const after = at + delimiter.length
    if (AFTER_BOUNDARY.test(buffer.toString('latin1', after, after + 80))) return at
    at = buffer.indexOf(delimiter, after)
  }
  return -1
}

function readHead(head: ByteText): Pick<Part, 'name' | 'isFile' | 'contentType'> {
  const disposition = /^content-disposition:(.*(?:\r\n[ \t].*)*)/im.exec(head)?.[1]
  const parameters = parseContentType(disposition ?? '')?.parameters
  const name = parameters?.get('name')
  const type = /^content-type:(.*)/im.exec(head)?.[1]
  const contentType = type === undefined ? undefined : parseContentType(type)
  return {
    ...defined({ name }),
    isFile: parameters?.has('filename') === true || parameters?.has('filename*') === true,
    ...defined({ contentType }),
  }
}
