import { bufferOf } from '../../../base/bytes.ts'
import { scanMultipart } from '../../../exchange/wire/multipart.ts'
import { parseContentType } from '../../../exchange/headers.ts'

export interface FormPart {
  /** `undefined`: the part has no name. */
  readonly name: string | undefined
  /** `undefined`: a field, not a file. */
  readonly filename: string | undefined
  /** Lower case, parameters cut. */
  readonly type: string | undefined
  /** The boundary of a part that is multipart itself. */
  readonly boundary: string | undefined
  readonly data: Uint8Array
}

/** The boundary the header names, else the one that the body's first line is. */
export function boundaryOf(contentType: string | undefined, bytes: Uint8Array): string | undefined {
  const parsed = contentType === undefined ? undefined : parseContentType(contentType)
  if (
    parsed?.type.startsWith('multipart/') === true &&
    parsed.boundary !== undefined &&
    parsed.boundary !== ''
  ) {
    return parsed.boundary
  }
  if (bytes[0] !== 0x2d || bytes[1] !== 0x2d) return undefined
  const line = /^--([^\r\n]{1,200})\r?\n/.exec(Buffer.from(bytes.subarray(0, 256)).toString('latin1'))
  return line?.[1]?.trimEnd()
}

/**
 * The parts of a form (RFC 7578). Lines may end with LF alone. `undefined`: the body is not multipart, or it does not end with
 * its boundary.
 */
export function readFormParts(bytes: Uint8Array, boundary: string): FormPart[] | undefined {
  const buffer = bufferOf(bytes)
  const layout = scanMultipart(bytes, boundary, { lineEnd: 'crlf or lf', longerLine: 'delimiter' })
  if (layout?.epilogue === undefined) return undefined
  const parts: FormPart[] = []
  for (const { start, end } of layout.parts) {
    const part = readPart(withoutFirstLine(buffer.subarray(start, end)))
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts
}

/** Nothing is left of a part that is only its delimiter line: the line end before the next delimiter is not part of it. */
function withoutFirstLine(part: Buffer): Buffer {
  const lineEnd = part.indexOf('\n')
  return lineEnd === -1 ? part.subarray(part.length) : part.subarray(lineEnd + 1)
}

function readPart(bytes: Buffer): FormPart | undefined {
  // A part without headers begins with the empty line.
  const empty = /^\r?\n/.exec(bytes.subarray(0, 2).toString('latin1'))
  const crlf = bytes.indexOf('\r\n\r\n')
  const lf = bytes.indexOf('\n\n')
  const wide = crlf !== -1 && (lf === -1 || crlf < lf)
  const end = empty !== null ? 0 : wide ? crlf : lf
  if (end === -1) return undefined
  const head = bytes.subarray(0, end).toString('utf8')
  const data = bytes.subarray(end + (empty?.[0].length ?? (wide ? 4 : 2)))
  const headers = new Map(
    head.split(/\r?\n/).map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const disposition = headers.get('content-disposition') ?? ''
  const type = headers.get('content-type')
  const parsed = type === undefined ? undefined : parseContentType(type)
  return {
    name: parameter(disposition, 'name'),
    filename: parameter(disposition, 'filename') ?? extended(disposition),
    type: parsed?.type,
    boundary: parsed?.type.startsWith('multipart/') === true ? parsed.boundary : undefined,
    data,
  }
}

/** Browsers escape quotes and line breaks in names as WHATWG says; others with a backslash. */
function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*))`, 'i').exec(disposition)
  if (found === null) return undefined
  const value = found[1]?.replace(/\\(["\\])/g, '$1') ?? (found[2] ?? '').trim()
  return value.replace(/%(?:22|0D|0A)/gi, (escape) => decodeURIComponent(escape))
}

/** `filename*=UTF-8''na%C3%AFve.txt` (RFC 8187). */
function extended(disposition: string): string | undefined {
  const found = /;\s*filename\*=[^']*'[^']*'([^;]*)/i.exec(disposition)?.[1]
  if (found === undefined) return undefined
  try {
    return decodeURIComponent(found.trim())
  } catch {
    return found.trim()
  }
}
