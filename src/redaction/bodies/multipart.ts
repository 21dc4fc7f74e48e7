import { defined } from '../../base/defined.ts'
import { bufferOf } from '../../base/bytes.ts'
import type { ContentType } from '../../exchange/headers.ts'
import { parseContentType } from '../../exchange/headers.ts'
import { scanMultipart } from '../../exchange/wire/multipart.ts'
import type { ByteText } from '../byte-text.ts'

/** A part of a multipart body: offsets of its header lines and of its content. */
export interface Part {
  readonly headStart: number
  readonly headEnd: number
  readonly start: number
  readonly end: number
  /** The field's name. Absent: the part has none. */
  readonly name?: ByteText
  /** Whether its header says that it is a file and not a field. */
  readonly isFile: boolean
  readonly contentType?: ContentType
}

const BLANK_LINE = '\r\n\r\n'

/** The parts of a multipart body that have a blank line after their headers. A part that is cut short ends with the body. */
export function* partsOf(bytes: Uint8Array, boundary: string): Generator<Part> {
  const buffer = bufferOf(bytes)
  const layout = scanMultipart(bytes, boundary, { lineEnd: 'crlf', longerLine: 'content' })
  for (const { start, end } of layout?.parts ?? []) {
    const blank = buffer.subarray(start, end).indexOf(BLANK_LINE)
    if (blank === -1) continue
    const headEnd = start + blank
    const head = buffer.toString('latin1', start, headEnd)
    yield { headStart: start, headEnd, start: headEnd + BLANK_LINE.length, end, ...readHead(head) }
  }
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
