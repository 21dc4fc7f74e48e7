import { bufferOf } from '../../base/bytes.ts'

/** What a body may get wrong and still be read. */
export interface MultipartTolerance {
  /** What ends a line: only CRLF, as RFC 2046 says, or also LF alone. */
  readonly lineEnd: 'crlf' | 'crlf or lf'
  /**
   * What a line is that has other text than white space after the boundary: a delimiter, or content. The first line of
   * a body is a delimiter in any case.
   */
  readonly longerLine: 'delimiter' | 'content'
}

/** Where the parts of a multipart body are, as offsets in bytes. */
export interface MultipartLayout {
  /** The first delimiter. The preamble ends here. */
  readonly first: number
  /** Each part from right after its boundary, so with the end of the delimiter line, to the line end before the next delimiter. */
  readonly parts: readonly { readonly start: number; readonly end: number }[]
  /** The first byte after the closing delimiter (`--boundary--`). Absent: the body ends without one. */
  readonly epilogue?: number
}

const LF = 0x0a
const CR = 0x0d
/** What RFC 2046 allows after the boundary: white space, or the two hyphens of the closing delimiter. */
const AFTER_BOUNDARY = /^(?:--|[ \t]*(?:\r\n|$))/

/**
 * Finds the delimiters of a multipart body (RFC 2046 §5.1.1). The last part of a body that was cut short ends with the
 * body. `undefined`: the body has no delimiter.
 */
export function scanMultipart(
  bytes: Uint8Array,
  boundary: string,
  tolerance: MultipartTolerance,
): MultipartLayout | undefined {
  const buffer = bufferOf(bytes)
  const delimiter = delimiterIn(buffer, boundary)
  const startsWithIt = buffer.subarray(0, delimiter.length).equals(delimiter)
  const first = startsWithIt ? 0 : nextDelimiter(buffer, delimiter, 0, tolerance)?.at
  if (first === undefined) return undefined
  const parts: { start: number; end: number }[] = []
  let start = first + delimiter.length
  while (buffer.toString('latin1', start, start + 2) !== '--') {
    const next = nextDelimiter(buffer, delimiter, start, tolerance)
    parts.push({ start, end: next?.lineEnd ?? buffer.length })
    if (next === undefined) return { first, parts }
    start = next.at + delimiter.length
  }
  return { first, parts, epilogue: start + 2 }
}

/** A boundary should be ASCII. Clients that use other characters write the body in Latin-1 or in UTF-8. */
function delimiterIn(buffer: Buffer, boundary: string): Buffer {
  const latin1 = Buffer.from(`--${boundary}`, 'latin1')
  return buffer.includes(latin1) ? latin1 : Buffer.from(`--${boundary}`)
}

/** The next delimiter whose line begins at `from` or later, and the line end before it. */
function nextDelimiter(
  buffer: Buffer,
  delimiter: Buffer,
  from: number,
  { lineEnd, longerLine }: MultipartTolerance,
): { readonly at: number; readonly lineEnd: number } | undefined {
  for (let at = buffer.indexOf(delimiter, from); at !== -1; at = buffer.indexOf(delimiter, at + 1)) {
    const lf = at - 1 >= from && buffer[at - 1] === LF
    const crlf = lf && at - 2 >= from && buffer[at - 2] === CR
    if (!crlf && !(lf && lineEnd === 'crlf or lf')) continue
    const after = at + delimiter.length
    if (longerLine === 'content' && !AFTER_BOUNDARY.test(buffer.toString('latin1', after, after + 80)))
      continue
    return { at, lineEnd: crlf ? at - 2 : at - 1 }
  }
  return undefined
}
