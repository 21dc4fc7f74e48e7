import { createHash } from 'node:crypto'
import { defined } from '../../base/defined.ts'
import { nonEmpty, set } from '../json/json.ts'
import { unsignedUrl } from '../requests/location.ts'
import type { Part } from '../types.ts'

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/x-wav', 'audio/wav'],
])

/** Format names as Converse and `input_audio` write them. */
const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    png: 'image/png', jpeg: 'image/jpeg', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp',
    wav: 'audio/wav', mp3: 'audio/mpeg', flac: 'audio/flac', opus: 'audio/opus', ogg: 'audio/ogg', aac: 'audio/aac',
    m4a: 'audio/mp4', pcm: 'audio/pcm', pcm16: 'audio/pcm16',
    mp4: 'video/mp4', mov: 'video/quicktime', mkv: 'video/x-matroska', webm: 'video/webm', flv: 'video/x-flv',
    mpeg: 'video/mpeg', mpg: 'video/mpeg', wmv: 'video/x-ms-wmv', three_gp: 'video/3gpp',
    pdf: 'application/pdf', csv: 'text/csv', txt: 'text/plain', md: 'text/markdown', html: 'text/html',
    doc: 'application/msword', xls: 'application/vnd.ms-excel',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  }),
) // prettier-ignore

export type MediaKind = 'image' | 'audio' | 'video' | 'document'

/** The media type in lower case, without parameters, with aliases resolved. */
export function mediaType(value: unknown): string | undefined {
  const type = nonEmpty(nonEmpty(value)?.replace(/;.*$/s, '').trim().toLowerCase())
  return type === undefined ? undefined : (ALIASES.get(type) ?? type)
}

/** `png` becomes `image/png`. An unknown format stays as it is, in lower case. */
export function formatType(kind: MediaKind, format: unknown): string | undefined {
  const name = nonEmpty(format)?.toLowerCase()
  if (name === undefined) return undefined
  // MP4, WebM and MPEG can also contain only sound.
  if (kind === 'audio' && /^(?:mp4|webm|mpeg)$/.test(name)) return `audio/${name}`
  if (kind === 'audio' && name === 'mkv') return 'audio/x-matroska'
  return FORMATS.get(name) ?? mediaType(name)
}

export function kindOf(type: string | undefined): MediaKind {
  const top = type?.split('/', 1)[0]
  return top === 'image' || top === 'audio' || top === 'video' ? top : 'document'
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Decodes base64 in either alphabet, ignoring padding and line breaks. Returns `undefined` if the text is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (/[^A-Za-z0-9+/_\-\s=]/.test(text)) return undefined
  const pad = text.indexOf('=')
  if (pad !== -1 && /[^=\s]/.test(text.slice(pad))) return undefined
  const digits = pad === -1 ? text : text.slice(0, pad)
  const count = /\s/.test(digits) ? digits.replace(/\s+/g, '').length : digits.length
  return count % 4 === 1 ? undefined : Buffer.from(text, 'base64')
}

const MAGIC: readonly (readonly [bytes: readonly number[], type: string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], 'image/png'],
  [[0xff, 0xd8, 0xff], 'image/jpeg'],
  [[0x47, 0x49, 0x46, 0x38], 'image/gif'],
]

/** Detects the type of an image by its first bytes, for APIs that do not name it. */
function sniff(bytes: Uint8Array): string | undefined {
  const found = MAGIC.find(([magic]) => magic.every((byte, at) => bytes[at] === byte))
  if (found !== undefined) return found[1]
  const ascii = (from: number): string => Buffer.from(bytes.subarray(from, from + 4)).toString('latin1')
  return ascii(0) === 'RIFF' && ascii(8) === 'WEBP' ? 'image/webp' : undefined
}

type Source = { readonly media_type?: string; readonly sha256?: string; readonly url?: string }

/** A source from base64 data. Text that is not base64 is hashed as text. */
export function dataSource(data: string, declared?: string): Source {
  const bytes = fromBase64(data)
  const type = declared ?? (bytes === undefined ? undefined : sniff(bytes))
  return { ...defined({ media_type: type }), sha256: sha256(bytes ?? data.toWellFormed()) }
}

/** A data URL (RFC 2397) counts by its bytes. Any other URL counts by its text, without signing parameters. */
export function urlSource(url: string, declared?: string): Source {
  if (!/^data:/i.test(url)) return { ...defined({ media_type: declared }), url: unsignedUrl(url) }
  const comma = url.indexOf(',')
  const head = url.slice(5, comma === -1 ? url.length : comma)
  const data = comma === -1 ? '' : url.slice(comma + 1)
  const type = mediaType(head) ?? declared
  if (/;\s*base64\s*$/i.test(head)) return dataSource(percentDecoded(data, /%/), type)
  return { ...defined({ media_type: type }), sha256: sha256(percentDecoded(data)) }
}

function percentDecoded(text: string, when = /./s): string {
  if (!when.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text.toWellFormed()
  }
}

/** A URL, a data URL, or plain base64: some APIs take all three in one field. */
export function anySource(value: string, declared?: string): Source {
  return /^[a-z][a-z0-9+.-]*:/i.test(value) ? urlSource(value, declared) : dataSource(value, declared)
}

/** A media part. Fields that are `undefined` are omitted. */
export function mediaPart(kind: string, fields: Readonly<Record<string, unknown>>): Part {
  const part: Part = { type: kind }
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) set(part, name, value)
  return part
}

/** `auto` is the default, so it is omitted. */
export const detailOf = (value: unknown): string | undefined =>
  value === 'auto' ? undefined : nonEmpty(value)?.toLowerCase()
