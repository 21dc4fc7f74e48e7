import { fieldName, present } from '../../requests/fields.ts'
import { parseJson, set } from '../../json/json.ts'
import { sha256 } from '../../chat/media.ts'
import { boundaryOf, type FormPart, readFormParts } from './form-parts.ts'
import { placeFields } from './plain.ts'
import { modelRoute, plainRoute } from '../../requests/routes.ts'
import { modelName } from '../../chat/settings.ts'
import type { Canonical, Operation, ParsedRequest, Provider } from '../../types.ts'
import { OPENAI_TOP } from '../../requests/volatile.ts'

const OPERATIONS: readonly (readonly [suffix: string, operation: Operation])[] = [
  ['/images/edits', 'images.edit'],
  ['/audio/transcriptions', 'audio.transcription'],
  ['/audio/translations', 'audio.translation'],
]

const operationOf = (path: string): Operation =>
  OPERATIONS.find(([suffix]) => path.endsWith(suffix))?.[1] ?? 'multipart'

const NONE: ReadonlySet<string> = new Set()

/** `detect` and `canonicalize` share one parse of a request. */
const parsed = new WeakMap<ParsedRequest, FormPart[] | null>()

function partsOf(request: ParsedRequest): FormPart[] | undefined {
  const known = parsed.get(request)
  if (known !== undefined) return known ?? undefined
  const boundary = boundaryOf(request.headers.get('content-type'), request.bytes)
  const parts = boundary === undefined ? undefined : readFormParts(request.bytes, boundary)
  parsed.set(request, parts ?? null)
  return parts
}

/** Forms with files: image edits, transcriptions, and all others. The boundary and the order of fields do not matter. */
export const multipart: Provider = {
  api: 'multipart',
  detect: (request) =>
    request.json === undefined && request.bytes.length > 0 && partsOf(request) !== undefined,
  operation: ({ path }) => operationOf(path),
  route: (request) => (operationOf(request.path) === 'multipart' ? plainRoute(request) : modelRoute(request)),
  canonicalize,
}

function canonicalize(request: ParsedRequest): Canonical {
  const known = operationOf(request.path) !== 'multipart'
  const fields = new Map<string, unknown[]>()
  for (const part of partsOf(request) ?? []) {
    const name = (part.name ?? 'part').replace(/\[\]$/, '')
    if (known && OPENAI_TOP.has(name) && !request.keep.has(name)) continue
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [readValue(part)])
    else values.push(readValue(part))
  }
  // For an unknown form the URL counts too. A form field whose name the URL part already uses gets another name.
  const out = known ? {} : placeFields(request)
  const taken = known ? NONE : new Set(['query', ...Object.keys(out)])
  for (const [name, values] of fields) {
    const placed = taken.has(name) ? `body.${name}` : known && name === 'stream' ? name : fieldName(name)
    set(out, placed, values.length === 1 ? values[0] : values)
  }
  if (!known) return { fields: out }
  const { stream, model, ...rest } = out
  return {
    fields: { ...rest, ...present({ model: modelRoute(request).model ?? modelName(model) }) },
    stream: stream === 'true',
  }
}

/** SDKs invent the basename and the content type of a file. Servers decode by the extension. */
function readValue({ filename, type, data }: FormPart): unknown {
  const dot = filename?.lastIndexOf('.') ?? -1
  const extension = filename === undefined || dot === -1 ? undefined : filename.slice(dot + 1).toLowerCase()
  const isJson = type === 'application/json' || type?.endsWith('+json') === true
  if (filename !== undefined && !(isJson && extension === undefined)) {
    return present({ sha256: sha256(data), ext: extension === '' ? undefined : extension })
  }
  const text = decode(data)
  if (text === undefined) return { sha256: sha256(data) }
  const json = isJson ? parseJson(text) : undefined
  return json === undefined ? text : json.value
}

function decode(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return undefined
  }
}
