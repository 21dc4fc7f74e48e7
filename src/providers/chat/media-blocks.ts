import { leftover, namesOf } from '../requests/fields.ts'
import { isObject, type JsonObject, type JsonValue, nonEmpty, prune, textOf } from '../json/json.ts'
import { anySource, dataSource, detailOf, formatType, mediaPart, mediaType, urlSource } from './media.ts'
import type { Part } from '../types.ts'
import { EVERYWHERE } from '../requests/volatile.ts'

const LINK = namesOf('url detail')
const AUDIO = namesOf('data format')
const MEDIA = namesOf(
  'type source image_url input_audio audio_url video_url file file_id file_data file_url filename document document_url ' +
    'document_name title context citations detail',
)

type ContentReader = (content: JsonValue | undefined) => Part[]
type Media = { readonly type: string } & Readonly<Record<string, unknown>>

/**
 * Reads an image, sound, video or document as one part. Returns `undefined` if the block is not a media block. `readContent`
 * reads the blocks of a document that consists of blocks.
 */
export function readMedia(block: JsonObject, readContent: ContentReader): Part | undefined {
  const found = mediaOf(block, readContent)
  if (found === undefined) return undefined
  const { type, ...fields } = found
  return mediaPart(type, { ...fields, ...leftover(block, MEDIA) })
}

function mediaOf(block: JsonObject, readContent: ContentReader): Media | undefined {
  switch (block['type']) {
    case 'image':
      return isObject(block['source'])
        ? { type: 'image', ...anthropicSource(block['source'], readContent) }
        : undefined
    case 'document':
      return document(block, readContent)
    case 'image_url':
    case 'input_image':
      return image(block)
    case 'input_audio':
      return audio(block['input_audio'])
    case 'audio_url':
    case 'video_url':
      return linked(block['type'] === 'audio_url' ? 'audio' : 'video', block[block['type']])
    case 'file':
      return file(isObject(block['file']) ? block['file'] : block)
    case 'input_file':
      return file(block)
    case 'document_url':
      return linked('document', block['document_url'], nonEmpty(block['document_name']))
    default:
      return undefined
  }
}

/** `{type: base64 | url | file | text | content}`. */
function anthropicSource(source: JsonObject, readContent: ContentReader): Readonly<Record<string, unknown>> {
  const declared = mediaType(source['media_type'])
  const { data, url, file_id: fileId, content } = source
  switch (source['type']) {
    case 'base64':
      return dataSource(textOf(data) ?? '', declared)
    case 'url':
      return urlSource(textOf(url) ?? '', declared)
    case 'file':
      return { file_id: fileId }
    case 'text':
      return { media_type: declared ?? 'text/plain', text: data }
    case 'content':
      return typeof content === 'string' ? { text: content } : { content: readContent(content) }
    default:
      return { source: prune(source, EVERYWHERE) }
  }
}

function document(block: JsonObject, readContent: ContentReader): Media | undefined {
  const { source, document: cohere, citations } = block
  // Cohere: `{document: {id, data}}` or text.
  if (source === undefined && cohere !== undefined) {
    return { ...(isObject(cohere) ? cohere : { text: cohere }), type: 'document' }
  }
  if (!isObject(source)) return undefined
  return {
    type: 'document',
    ...anthropicSource(source, readContent),
    name: nonEmpty(block['title']),
    context: nonEmpty(block['context']),
    citations: isObject(citations) && citations['enabled'] === true ? true : undefined,
  }
}

function image(block: JsonObject): Media | undefined {
  const link = block['image_url']
  const url = textOf(isObject(link) ? link['url'] : link)
  const fileId = nonEmpty(block['file_id'])
  if (url === undefined && fileId === undefined) return undefined
  const rest = isObject(link) ? leftover(link, LINK) : {}
  return {
    type: 'image',
    ...rest,
    ...(url === undefined ? { file_id: fileId } : urlSource(url)),
    detail: detailOf((isObject(link) ? link['detail'] : undefined) ?? block['detail']),
  }
}

/** OpenAI: `{data, format}`; Mistral: base64 or a URL. */
function audio(value: JsonValue | undefined): Media | undefined {
  if (typeof value === 'string') return { type: 'audio', ...anySource(value) }
  const data = isObject(value) ? textOf(value['data']) : undefined
  if (!isObject(value) || data === undefined) return undefined
  return {
    type: 'audio',
    ...anySource(data, formatType('audio', value['format'])),
    ...leftover(value, AUDIO),
  }
}

function linked(kind: string, value: JsonValue | undefined, name?: string): Media | undefined {
  const url = textOf(isObject(value) ? value['url'] : value)
  if (url === undefined) return undefined
  return { type: kind, ...(isObject(value) ? leftover(value, LINK) : {}), ...urlSource(url), name }
}

function file(value: JsonObject): Media | undefined {
  const fileId = nonEmpty(value['file_id'])
  const data = textOf(value['file_data'])
  const url = textOf(value['file_url'])
  if (fileId === undefined && data === undefined && url === undefined) return undefined
  const source =
    data !== undefined ? anySource(data) : url !== undefined ? urlSource(url) : { file_id: fileId }
  return { type: 'document', ...source, name: nonEmpty(value['filename']), detail: detailOf(value['detail']) }
}
