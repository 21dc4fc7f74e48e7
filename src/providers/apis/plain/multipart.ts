import { fieldName, present } from '../../requests/fields.ts'
import { parseJson, set } from '../../json/json.ts'
import { isUncountedParameter, plainName } from '../../requests/credentials.ts'
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
  const parts = partsOf(request) ?? []
  const names = new Set(parts.map(({ name }) => name ?? ''))
  for (const part of parts) {
    const name = (part.name ?? 'part').replace(/\[\]$/, '')
    const value = readValue(part)
    if (isLeftOut(name, value, request, known ? undefined : names)) continue
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
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

/** @param names of all fields of a form of an unknown API */
function isLeftOut(
  name: string,
  value: unknown,
  { keep, counted, moments }: ParsedRequest,
  names: ReadonlySet<string> | undefined,
): boolean {
  if (keep.has(name)) return false
  if (names === undefined) return OPENAI_TOP.has(name)
  return !counted.has(plainName(name)) && isUncountedParameter(name, value, names, { moments })
}

/** Deeper parts count by their bytes. */
const MAX_DEPTH = 20

/** SDKs invent the basename and the content type of a file. Servers decode by the extension. */
function readValue({ filename, type, boundary, data }: FormPart, depth = 0): unknown {
  const inner = boundary === undefined || depth >= MAX_DEPTH ? undefined : readFormParts(data, boundary)
  if (inner !== undefined)
    return inner.map((part) => present({ name: part.name, value: readValue(part, depth + 1) }))
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
