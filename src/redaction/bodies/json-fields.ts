import { looksLikeCredential } from '../../base/value-shapes.ts'
import { type ByteText, fromByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { isStandIn, placeholderEdit, PLACEHOLDER } from '../edits.ts'
import { type BesideRole, besideRole, NamedBeside } from '../json/beside.ts'
import { nestedEdits } from '../json/nested.ts'
import { type Classify, PathNode, type Place } from '../json/paths.ts'
import { type JsonVisitor, scanJson } from '../json/scanner.ts'
import { AMBIGUOUS_FIELDS, SECRET_FIELDS, plainName } from '../../providers/requests/credentials.ts'
import { isSecretHeader, TOKEN_ENDPOINT_FIELDS, TOKEN_ENDPOINT_MARKS } from '../names.ts'
import type { RedactionRules } from '../options.ts'
import type { UserPath } from '../json/user-paths.ts'
import { decodeJsonString } from '../json/strings.ts'
import { type ContentKind, isContent } from '../model-content.ts'
import { matchesPath } from '../json/user-paths.ts'

/** What the rules say about one place in a JSON body. */
export interface FieldFacts {
  /** A string here is a secret. */
  readonly secret: boolean
  /** A string here is a secret if it looks like a credential. */
  readonly ambiguous: boolean
  /** A string here is a secret in the body of a token endpoint. */
  readonly tokenField: boolean
  /** If this member is present, the body belongs to a token endpoint. */
  readonly tokenMark: boolean
  /** What it is for the members beside it. */
  readonly beside: BesideRole
  /** The user's paths that can match this place. */
  readonly paths: readonly UserPath[]
}

export interface FieldContext {
  readonly rules: RedactionRules
  /** The URL path of the request in lower case, also for the response. */
  readonly urlPath: string
  /** Where the exchange has content: there names say nothing. Absent: nowhere. */
  readonly content?: () => ContentKind
}

/** Of the elements of an array, and of the body. */
const NAMELESS: FieldFacts = {
  secret: false,
  ambiguous: false,
  beside: undefined,
  tokenField: false,
  tokenMark: false,
  paths: [],
}

export function classifyFields({ rules, urlPath }: FieldContext): Classify<FieldFacts> {
  return (node) => {
    const { name } = node
    if (name === undefined && rules.paths.length === 0) return NAMELESS
    const plain = plainName(name ?? '')
    const kept = rules.keep.has(plain)
    const top = name !== undefined && node.depth === 1
    return {
      secret: !kept && (SECRET_FIELDS.has(plain) || isSecretPlace(node, plain, urlPath)),
      ambiguous: !kept && AMBIGUOUS_FIELDS.has(plain),
      beside: kept ? undefined : besideRole(plain),
      tokenField: !kept && top && TOKEN_ENDPOINT_FIELDS.has(plain),
      tokenMark: top && TOKEN_ENDPOINT_MARKS.has(plain),
      paths: kept ? [] : rules.paths.filter((path) => matchesPath(path, node)),
    }
  }
}

/** Places that are secret because of their surroundings. */
function isSecretPlace(node: Place, plain: string, urlPath: string): boolean {
  if (node.name === undefined) return false
  const parent = node.parent?.name
  if (plain === 'value') {
    // OpenAI's realtime API: `client_secret: {value}`, and `value` at the top of what `/client_secrets` answers.
    if (parent !== undefined && plainName(parent) === 'clientsecret') return true
    return node.depth === 1 && /\/client_secrets\/?$/.test(urlPath)
  }
  if (parent === undefined || parent.toLowerCase() !== 'headers') return false
  // All headers that an MCP tool sends (`tools[].headers`) are secret. Of other headers, only credentials are.
  const grand = node.parent?.parent
  return (grand?.name === undefined && grand?.parent?.name === 'tools') || isSecretHeader(node.name)
}

/** No credential is longer, in characters of the text. */
const LONGEST = 8192

/** JSON in strings of JSON is read so deep. */
const MAX_DEPTH = 4
/** `{\"pin\":\"1\"}` */
const SHORTEST_NESTED = 12

interface FieldOptions extends Pick<FieldContext, 'content' | 'rules'> {
  readonly isTokenEndpoint: boolean
  /** How many strings this JSON is in. Default: 0. */
  readonly depth?: number
}

/** What to replace in JSON that a string of JSON holds. The user's paths begin at the body, so none is in it. */
function editsWithin(text: ByteText, { rules, depth = 0 }: FieldOptions): Edit[] {
  const context = { rules: { ...rules, paths: [] }, urlPath: '' }
  const indices: number[] = []
  const fields = fieldVisitor(text, indices, { ...context, isTokenEndpoint: false, depth: depth + 1 })
  const root = new PathNode(classifyFields(context))
  const end = scanJson({ text, start: 0, end: text.length, root, visitor: fields.visitor, indices })
  return end === -1 || text.slice(end).trim() !== '' ? [] : fields.edits()
}

/** Collects the edits that the rules ask for while a JSON value is scanned. */
export function fieldVisitor(
  text: ByteText,
  indices: readonly number[],
  options: FieldOptions,
): { readonly visitor: JsonVisitor<FieldFacts>; readonly edits: () => Edit[] } {
  const { isTokenEndpoint, content, rules, depth = 0 } = options
  const edits: Edit[] = []
  const beside = new NamedBeside<FieldFacts>()
  /** Hidden only if the body turns out to be one of a token endpoint: what is hidden is known from then on. */
  const tokens: (() => void)[] = []
  let marked = isTokenEndpoint
  const isMeant = (node: PathNode<FieldFacts>): boolean => {
    const { paths } = node.facts
    return paths.some((path) => matchesPath(path, node, indices))
  }
  const add = (list: Edit[], start: number, end: number): void => {
    // An empty string needs no edit. A placeholder keeps its bytes.
    if (start < end && !isPlaceholder(text, start, end)) list.push(placeholderEdit(start, end))
  }
  const { given } = rules
  /** A secret by its name: a server may have given it. */
  const hide = (name: string | undefined, start: number, end: number): void => {
    if (start === end || isPlaceholder(text, start, end)) return
    const value = fromByteText(decodeJsonString(text.slice(start, end)))
    edits.push({ start, end, text: given.hide(name ?? '', value, 'field') })
  }
  const isGiven = (name: string | undefined, start: number, end: number): string | undefined =>
    given.size === 0 || name === undefined || end - start > LONGEST || isPlaceholder(text, start, end)
      ? undefined
      : given.of(name, fromByteText(decodeJsonString(text.slice(start, end))), 'field')
  const isCredential = ({ ambiguous }: FieldFacts, start: number, end: number): boolean =>
    ambiguous && looksLikeCredential(decodeJsonString(text.slice(start, Math.min(end, start + LONGEST))))
  const whole = (node: PathNode<FieldFacts>, start: number, end: number): void => {
    if (node.facts.paths.length > 0 && isMeant(node) && !text.startsWith('null', start))
      edits.push({ start, end, text: `"${PLACEHOLDER}"` })
  }
  /** What a string that no name makes a secret may hold: JSON, or the value of a name beside it. */
  const within = (node: PathNode<FieldFacts>, start: number, end: number): void => {
    const decoded = (): string => decodeJsonString(text.slice(start, Math.min(end, start + LONGEST)))
    if (node.facts.beside) beside.add(node.facts.beside, node, { start, end, text: decoded })
    if (depth >= MAX_DEPTH || end - start < SHORTEST_NESTED) return
    for (const edit of nestedEdits(text.slice(start, end), (inner) => editsWithin(inner, options)))
      edits.push({ ...edit, start: start + edit.start, end: start + edit.end })
  }
  const visitor: JsonVisitor<FieldFacts> = {
    string(node, start, end) {
      const { facts } = node
      if (isMeant(node)) add(edits, start, end)
      else if ((facts.secret || isCredential(facts, start, end)) && !isContent(node, content?.() ?? 'none'))
        hide(node.name, start, end)
      else if (facts.tokenField) tokens.push(() => hide(node.name, start, end))
      else {
        const standIn = isGiven(node.name, start, end)
        if (standIn !== undefined) edits.push({ start, end, text: standIn })
        else if (!isContent(node, content?.() ?? 'none')) within(node, start, end)
      }
      marked ||= facts.tokenMark
    },
    primitive(node, start, end) {
      whole(node, start, end)
      marked ||= node.facts.tokenMark
    },
    close(node, start, end) {
      const secret = beside.close(node)
      if (secret) hide('value', secret.start, secret.end)
      whole(node, start, end)
    },
  }
  return {
    visitor,
    edits() {
      if (marked) for (const hideToken of tokens) hideToken()
      tokens.length = 0
      beside.clear()
      marked = isTokenEndpoint
      return edits.length === 0 ? edits : edits.splice(0)
    },
  }
}

function isPlaceholder(text: ByteText, start: number, end: number): boolean {
  return text.startsWith(PLACEHOLDER, start) && end - start < 32 && isStandIn(text.slice(start, end))
}
