import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import { formatType, kindOf, mediaType } from '../../providers/chat/media.ts'
import {
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../providers/json/json.ts'
import type { CallPart, MediaPart, ResultPart, TextPart } from '../asking.ts'
import type { Calls } from './calls.ts'

export type AnyPart = TextPart | MediaPart | CallPart | ResultPart

export const textPart = (text: string): TextPart => ({ kind: 'text', text })

/** What is readable in a content of OpenAI (Chat and Responses), Anthropic, Mistral or Cohere. Reasoning is left out. */
export function readParts(content: JsonValue | undefined, calls: Calls): AnyPart[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [textPart(content)]
  return (isList(content) ? content : [content]).flatMap((block) => readPart(block, calls))
}

/** Text and media only, as the result of a tool has them. */
export const readPlainParts = (content: JsonValue | undefined, calls: Calls): (TextPart | MediaPart)[] =>
  readParts(content, calls).filter((part) => part.kind !== 'call' && part.kind !== 'result')

function readPart(block: JsonValue, calls: Calls): AnyPart[] {
  if (typeof block === 'string') return [textPart(block)]
  if (!isObject(block)) return []
  const { type } = block
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return block['text'] === '' ? [] : [textPart(textOf(block['text']) ?? '')]
    case 'refusal':
      return [textPart(textOf(block['refusal']) ?? '')]
    case 'thinking':
    case 'redacted_thinking':
    case 'reasoning_text':
    case 'summary_text':
      return []
    case 'tool_use':
      return [calls.open(block['id'], textOf(block['name']) ?? '', block['input'])]
    case 'tool_result': {
      const parts = readPlainParts(block['content'], calls)
      return [calls.result(block['tool_use_id'], undefined, parts, block['is_error'] === true)]
    }
    default:
      return [mediaOf(block)]
  }
}

function mediaOf(block: JsonObject): MediaPart {
  const { type } = block
  if ((type === 'image' || type === 'document') && isObject(block['source']))
    return anthropic(type === 'image' ? 'image' : 'file', block['source'], nonEmpty(block['title']))
  if (type === 'image_url' || type === 'input_image') return image(block)
  if (type === 'input_audio') return audio(block['input_audio'])
  if (type === 'file' || type === 'input_file') return file(isObject(block['file']) ? block['file'] : block)
  if (type === 'document_url') return { kind: 'file', ...fromUrl(textOf(block['document_url']) ?? '') }
  throw new UnsayableError(`it has a part of the kind ${JSON.stringify(type ?? null)}`)
}

function anthropic(kind: 'image' | 'file', source: JsonObject, title: string | undefined): MediaPart {
  const type = mediaType(source['media_type'])
  const name = defined({ name: title })
  switch (source['type']) {
    case 'base64':
      return { kind, ...defined({ mediaType: type }), data: textOf(source['data']) ?? '', ...name }
    case 'url':
      return { kind, ...defined({ mediaType: type }), url: textOf(source['url']) ?? '', ...name }
    case 'text': {
      const data = Buffer.from(textOf(source['data']) ?? '').toString('base64')
      return { kind, mediaType: type ?? 'text/plain', data, ...name }
    }
    default:
      throw kept()
  }
}

function image(block: JsonObject): MediaPart {
  const link = block['image_url']
  const url = textOf(isObject(link) ? link['url'] : link)
  if (url === undefined) throw kept()
  const detail = nonEmpty((isObject(link) ? link['detail'] : undefined) ?? block['detail'])
  return { kind: 'image', ...fromUrl(url), ...defined({ detail: detail === 'auto' ? undefined : detail }) }
}

function audio(value: JsonValue | undefined): MediaPart {
  if (!isObject(value)) return { kind: 'audio', ...fromUrl(textOf(value) ?? '') }
  const type = formatType('audio', value['format'])
  return { kind: 'audio', ...defined({ mediaType: type }), data: textOf(value['data']) ?? '' }
}

function file(value: JsonObject): MediaPart {
  const given = textOf(value['file_data']) ?? textOf(value['file_url'])
  if (given === undefined) throw kept()
  return { kind: 'file', ...fromUrl(given), ...defined({ name: nonEmpty(value['filename']) }) }
}

/** A file of which the request has only the id. */
const kept = (): UnsayableError => new UnsayableError('it names a file that only the provider has')

/** A data URL (RFC 2397), another URL, or plain base64. */
export function fromUrl(url: string): Pick<MediaPart, 'data' | 'url' | 'mediaType'> {
  const found = /^data:([^,]*?)(;\s*base64)?,/i.exec(url)
  if (found) {
    const rest = url.slice(found[0].length)
    const data = found[2] === undefined ? Buffer.from(decodeURIComponent(rest)).toString('base64') : rest
    return { ...defined({ mediaType: mediaType(found[1]) }), data }
  }
  return /^[a-z][a-z0-9+.-]*:/i.test(url) ? { url } : { data: url }
}

/** The kind of media with this type. A video is sent as a file. */
export function mediaKind(type: string | undefined): MediaPart['kind'] {
  const kind = kindOf(type)
  return kind === 'image' || kind === 'audio' ? kind : 'file'
}
