import type { Document, ParsedNode, Scalar, YAMLMap } from 'yaml'

import { yaml } from './parser.ts'
import { textForParser } from './early-errors.ts'
import { setOwn } from './own-keys.ts'
import { formatError, type SourceText } from './source-text.ts'

/** The keys and list positions from the document's root to a value. */
export type ValuePath = readonly (string | number)[]

type Part = 'key' | 'value' | 'end'

/** A YAML document by the rules of a cassette: the core schema, no tags, no aliases, no key twice. */
export interface YamlTree {
  readonly root: ParsedNode | null
  /** The offset of the root. */
  readonly start: number
  readonly value: unknown
  /** Only comments and white space. */
  readonly isEmpty: boolean
  /** The offset of the value at that path, of its key, or of its end. If the path does not exist: of the nearest value above. */
  offsetOf(path: ValuePath, part?: Part): number
  /** Whether the document's last scalar is text that could go on: no quote or bracket ends it. */
  readonly endsOpen: boolean
}

/**
 * @param expected what the text is: a whole file with a mapping, or one item of its list
 * @param isText whether the format has text at a path, so that `012` or `yes` is text there
 * @throws {CassetteFormatError} if it is not YAML, has several documents, a tag, an anchor, an alias, or a key twice
 */
export function readYaml(
  source: SourceText,
  expected: 'mapping' | 'item',
  isText: (path: ValuePath) => boolean,
): YamlTree {
  const given = textForParser(source, expected)
  const document = parse(given)
  const [error] = document.errors
  if (error !== undefined)
    throw formatError(given, error.pos[0], `YAML that can be read (${problem(error.message)})`)
  const root = document.contents
  try {
    return {
      root,
      value: root === null ? null : new TreeReader(given, isText).value(root, []),
      isEmpty: root === null || (yaml().isScalar(root) && root.type === 'PLAIN' && root.source === ''),
      start: given.before(root?.range[0] ?? 0),
      offsetOf: (path, part = 'value') => given.before(offsetOf(root, path, part)),
      endsOpen: endsOpen(root),
    }
  } catch (thrown) {
    if (thrown instanceof RangeError) throw formatError(given, 0, 'collections nested less deeply')
    throw thrown
  }
}

function parse(source: SourceText): Document.Parsed {
  try {
    return yaml().parseDocument(source.text, {
      version: '1.2',
      schema: 'core',
      // `TreeReader` looks for them, in linear time.
      uniqueKeys: false,
      prettyErrors: false,
      // With `silent` it would take the first of several documents.
      logLevel: 'error',
    })
  } catch (thrown) {
    throw formatError(
      source,
      0,
      'YAML that can be read',
      thrown instanceof Error ? thrown.message : undefined,
    )
  }
}

function problem(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}

class TreeReader {
  readonly #source: SourceText
  readonly #isText: (path: ValuePath) => boolean

  constructor(source: SourceText, isText: (path: ValuePath) => boolean) {
    this.#source = source
    this.#isText = isText
  }

  value(node: ParsedNode | null, path: ValuePath): unknown {
    if (node === null) return null
    this.#refuseExtras(node)
    if (yaml().isMap(node)) return this.#map(node, path)
    if (yaml().isSeq(node)) return node.items.map((item, index) => this.value(item, [...path, index]))
    return this.#isText(path) ? scalarSource(node as Scalar) : (node as Scalar).value
  }

  #map(node: YAMLMap, path: ValuePath): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    for (const pair of node.items) {
      const keyNode = pair.key as ParsedNode
      this.#refuseExtras(keyNode)
      if (!yaml().isScalar(keyNode))
        throw formatError(this.#source, keyNode.range[0], 'a plain key', 'a collection as key')
      const key = scalarSource(keyNode)
      if (Object.hasOwn(map, key)) {
        throw formatError(this.#source, keyNode.range[0], 'each key once', `a second ${JSON.stringify(key)}`)
      }
      setOwn(map, key, this.value(pair.value as ParsedNode | null, [...path, key]))
    }
    return map
  }

  #refuseExtras(node: ParsedNode): void {
    const at = node.range[0]
    if (yaml().isAlias(node)) throw formatError(this.#source, at, 'no aliases', `*${node.source}`)
    if (node.anchor !== undefined) throw formatError(this.#source, at, 'no anchors', `&${node.anchor}`)
    if (node.tag !== undefined) throw formatError(this.#source, at, 'no tags', `!${node.tag}`)
  }
}

/** The text of a scalar. A number or a word of the core schema as it is written. */
function scalarSource(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '')
}

function offsetOf(root: ParsedNode | null, path: ValuePath, part: Part): number {
  let node: ParsedNode | null = root
  let offset = root?.range[0] ?? 0
  for (const [index, step] of path.entries()) {
    if (yaml().isMap(node)) {
      const pair = node.items.find(({ key }) => yaml().isScalar(key) && scalarSource(key as Scalar) === step)
      if (pair === undefined) break
      const wanted = part === 'key' && index === path.length - 1 ? pair.key : (pair.value ?? pair.key)
      offset = wanted.range[part === 'end' ? 1 : 0]
      node = pair.value
    } else if (yaml().isSeq(node) && typeof step === 'number' && node.items[step] !== undefined) {
      node = node.items[step]
      offset = node.range[0]
    } else {
      break
    }
  }
  return offset
}

function endsOpen(root: ParsedNode | null): boolean {
  let node: ParsedNode | null = root
  while (yaml().isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1)
    node = (
      yaml().isMap(node) ? (last as YAMLMap['items'][number] | undefined)?.value : last
    ) as ParsedNode | null
    if (node === undefined) return false
  }
  if (!yaml().isScalar(node)) return false
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return true
  return node.type === 'PLAIN' && (typeof node.value === 'string' || node.source === '')
}
