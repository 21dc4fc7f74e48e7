import { defined } from '../../base/defined.ts'
import { RedactionError } from '../../errors/redaction-error.ts'
import { bufferOf } from '../../base/bytes.ts'
import { type CutBytes, type Edit, applyEdits, mergeEdits } from '../edits.ts'
import type { ContentType } from '../../exchange/headers.ts'
import { alignToJson } from './align.ts'
import { byteTextOf, type ByteText, fromByteText } from '../byte-text.ts'
import { redactCompressed } from './compressed.ts'
import { redactFrames } from './event-frames.ts'
import { formEdits, hiddenField, outsideNames } from './forms.ts'
import { editsAcrossRecords } from './joined-streams.ts'
import type { MessageReader } from '../../exchange/exchange.ts'
import { type GrpcTools, redactGrpc } from './grpc-messages.ts'
import { type FieldContext, classifyFields, fieldVisitor } from './json-fields.ts'
import { PathNode } from '../json/paths.ts'
import { type JsonVisitor, scanJson } from '../json/scanner.ts'
import { kindOf, SNIFFED_BYTES } from '../parts/body-kind.ts'
import { tokenTextEdits } from '../parts/token-text.ts'
import { markupEdits } from './markup.ts'
import { outsideKept } from '../json/kept-tokens.ts'
import { partsOf } from './multipart.ts'
import { replacedStrings } from './replaced-strings.ts'
import { type RecordFraming, type ScannedRecord, scanRecords, toBodyEdit } from './records.ts'
import { MIN_SECRET_BYTES } from '../search/secret-patterns.ts'
import type { TextSearch } from '../search/text-search.ts'
import { patternEdits, patternVisitor } from '../json/user-patterns.ts'

export interface BodyContext extends FieldContext {
  readonly search: TextSearch
  /** Reads the messages of a gRPC body. */
  readonly read?: MessageReader
  /**
   * The body is an answer. Of requests, XML is not read by name: a key has the digest of the whole body, and recordings that older
   * versions made have the body as it was.
   */
  readonly isAnswer?: true
}

/** Redacts a body that is content-decoded. Returns the same object if nothing changed. */
export function redactBody(
  body: CutBytes,
  contentType: ContentType | undefined,
  context: BodyContext,
): CutBytes {
  const { bytes } = body
  if (bytes.length === 0) return body
  const unpacked = redactCompressed(body, (plain) => redactBody(plain, undefined, context))
  if (unpacked !== body) return unpacked
  const kind = kindOf(bytes, contentType)
  if (kind !== 'binary' && bytes.length > MAX_TEXT_BYTES) throw tooLarge(bytes.length)
  switch (kind) {
    case 'binary':
      return redactBinary(body, context)
    case 'eventstream':
      return redactFrames(
        body,
        (lines) => redactRecords(lines, 'ndjson', context),
        (part) => redactBinary({ bytes: part, cuts: [] }, context).bytes,
      )
    case 'grpc':
      return redactGrpc(body, grpcTools(context))
    case 'multipart':
      return redactMultipart(body, contentType?.boundary ?? '', context)
    case 'form':
      return redactForm(applyEdits(body, formEdits(byteTextOf(bytes), context.rules)), context)
    case 'text':
      return redactPlain(context.isAnswer ? redactMarkup(body, context) : body, context)
    default:
      return redactRecords(body, kind, context)
  }
}

/** A larger body cannot be one string, so its fields cannot be read. Text without fields has no limit: see {@link redactLarge}. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024
const TOKEN_PATH = /(?:^|[/_-])(?:oauth2?|token)(?:$|[/_:-])/

const tooLarge = (length: number): RedactionError =>
  new RedactionError(
    `A body of ${length} bytes has fields, and is too large to be searched for secrets: the limit is ${MAX_TEXT_BYTES} bytes. ` +
      'Nothing of its exchange was written. Leave the address out by the option ignore, or ask for the body in parts.',
  )

const NONE: ReadonlySet<string> = new Set()

/** The values in the message's JSON that redaction replaces as a whole: secret by name, by the user's paths, or by value. */
function namedSecrets(message: Uint8Array, { read, ...context }: BodyContext): ReadonlySet<string> {
  const json = read?.(message)
  if (json === undefined) return NONE
  const source = Buffer.from(JSON.stringify(json))
  const { bytes } = redactRecords({ bytes: source, cuts: [] }, 'json', context)
  return bytes === source ? NONE : replacedStrings(json, JSON.parse(bufferOf(bytes).toString()))
}

export function grpcTools(context: BodyContext): GrpcTools {
  return {
    field: (bytes) =>
      bytes.length < MIN_SECRET_BYTES && context.search.patterns.length === 0
        ? bytes
        : redactBody({ bytes, cuts: [] }, undefined, context).bytes,
    named: (message) => namedSecrets(message, context),
    find: (text) => context.search.find(text),
    mask: (bytes) => redactBinary({ bytes, cuts: [] }, context).bytes,
  }
}

function redactBinary(body: CutBytes, { search }: BodyContext): CutBytes {
  return applyEdits(body, mergeEdits(search.literals.inBinary(body.bytes)))
}

const redactForm = (body: CutBytes, context: BodyContext): CutBytes =>
  redactPlain(body, context, (current, edits) => outsideNames(byteTextOf(current.bytes), edits))

/** Text has fields if it is XML or HTML, or it is a credential as a whole. */
function redactMarkup(body: CutBytes, { rules, urlPath }: BodyContext): CutBytes {
  const text = byteTextOf(body.bytes)
  const token = tokenTextEdits(text, urlPath)
  return applyEdits(body, token.length > 0 ? token : markupEdits(text, rules))
}

function redactPlain(
  body: CutBytes,
  { search }: BodyContext,
  align: (current: CutBytes, edits: readonly Edit[]) => readonly Edit[] = (_, edits) => edits,
): CutBytes {
  const patterned = applyEdits(body, patternEdits(search.patterns, byteTextOf(body.bytes)))
  return search.redactBody(patterned, align)
}

/** JSON, NDJSON and streams: secrets that are spread over records, fields by name and patterns, secrets by value, joined records. */
function redactRecords(body: CutBytes, framing: RecordFraming, context: BodyContext): CutBytes {
  const find = (text: string): readonly Edit[] => context.search.find(text)
  const fields = redactFields(body, framing, context)
  const isStream =
    fields.records.length > 1 || byteTextOf(body.bytes.subarray(0, SNIFFED_BYTES)).trimStart().startsWith('[')
  const joined = isStream ? editsAcrossRecords(fields.records, find) : { all: [], spread: [] }
  const gathered = applyEdits(body, joined.spread)
  const { redacted } = gathered === body ? fields : redactFields(gathered, framing, context)
  const outside = (current: CutBytes, edits: readonly Edit[], isGiven = false): readonly Edit[] =>
    outsideKept({ body: current, framing, edits, isGiven }, context.rules)
  const byValue = context.search.redactBody(redacted, (current, edits, kind) =>
    alignToJson(
      kind === 'known' ? edits : outside(current, edits, kind === 'given'),
      recordsOf(current, framing),
    ),
  )
  if (!isStream) return byValue
  if (byValue === body) return applyEdits(body, outside(body, joined.all))
  return applyEdits(byValue, outside(byValue, editsAcrossRecords(recordsOf(byValue, framing), find).all))
}

function recordsOf({ bytes }: CutBytes, framing: RecordFraming): ScannedRecord[] {
  const root = new PathNode(() => undefined)
  const indices: number[] = []
  return scanRecords(bytes, byteTextOf(bytes), framing, (record) =>
    scanJson({ ...record, root, visitor: {}, indices }),
  )
}

interface ByName {
  readonly redacted: CutBytes
  /** The records of the body before redaction. */
  readonly records: readonly ScannedRecord[]
}

function redactFields(body: CutBytes, framing: RecordFraming, context: BodyContext): ByName {
  const { search, urlPath, content, rules } = context
  const root = new PathNode(classifyFields(context))
  const indices: number[] = []
  const edits: Edit[] = []
  const options = { isTokenEndpoint: TOKEN_PATH.test(urlPath), rules, ...defined({ content }) }
  const text = byteTextOf(body.bytes)
  const toolsFor = (of: ByteText) => {
    const fields = fieldVisitor(of, indices, options)
    const patterns = search.patterns.length > 0 ? patternVisitor(search.patterns, of) : undefined
    const visitor = patterns === undefined ? fields.visitor : both(fields.visitor, patterns.visitor)
    return { visitor, edits: () => [...fields.edits(), ...(patterns?.edits.splice(0) ?? [])] }
  }
  const ofBody = toolsFor(text)
  const records = scanRecords(body.bytes, text, framing, (record) => {
    const tools = record.text === text ? ofBody : toolsFor(record.text)
    const end = scanJson({ ...record, root, visitor: tools.visitor, indices })
    const found = tools.edits()
    if (found.length > 0) edits.push(...mergeEdits(found).map((edit) => toBodyEdit(record, edit)))
    return end
  })
  return { redacted: applyEdits(body, mergeEdits(edits)), records }
}

function both<Facts>(first: JsonVisitor<Facts>, second: JsonVisitor<Facts>): JsonVisitor<Facts> {
  return {
    string(node, start, end) {
      first.string?.(node, start, end)
      second.string?.(node, start, end)
    },
    primitive(node, start, end) {
      first.primitive?.(node, start, end)
      second.primitive?.(node, start, end)
    },
    name(node, start, end) {
      second.name?.(node, start, end)
    },
    close(node, start, end) {
      first.close?.(node, start, end)
    },
  }
}

function redactMultipart(body: CutBytes, boundary: string, context: BodyContext): CutBytes {
  const edits: Edit[] = []
  const parts = [...partsOf(body.bytes, boundary)]
  const names = new Set(parts.flatMap(({ name }) => (name === undefined ? [] : [fromByteText(name)])))
  for (const part of parts) {
    const head = byteTextOf(body.bytes.subarray(part.headStart, part.headEnd))
    edits.push({ start: part.headStart, end: part.headEnd, text: context.search.redact(head) })
    if (part.name !== undefined && part.name !== 'key' && !part.isFile && part.end > part.start) {
      const value = bufferOf(body.bytes.subarray(part.start, Math.min(part.end, part.start + 8192)))
      const text = hiddenField(fromByteText(part.name), value.toString(), names, context.rules)
      if (text !== undefined) {
        edits.push({ start: part.start, end: part.end, text })
        continue
      }
    }
    const content = { bytes: body.bytes.subarray(part.start, part.end), cuts: [] }
    const redacted = redactBody(content, part.contentType, context)
    if (redacted !== content)
      edits.push({ start: part.start, end: part.end, text: byteTextOf(redacted.bytes) })
  }
  const changed = edits.filter(({ start, end, text }) => byteTextOf(body.bytes.subarray(start, end)) !== text)
  const redacted = applyEdits(body, changed)
  // The text before and after the parts, or a body that is not multipart.
  return redactBinary(redacted, context)
}
