import { defined } from '../../../base/defined.ts'
import { MAX_STRUCTURED_NODES, type ReadJson, layoutOf, readJson, writeJson } from './text.ts'
import type { JsonLayout, JsonPayload } from '../stored-body.ts'

export interface JsonTexts {
  /** One for each text: the payload, or `undefined` if it is best stored as text. */
  readonly entries: readonly (JsonPayload | undefined)[]
  /** The layout that most of them share. It is stored once, beside the list. */
  readonly layout?: JsonLayout
}

/**
 * Reads the JSON texts of one stream. The layout that most of them share is stored once. Past {@link MAX_STRUCTURED_NODES} all
 * of them stay text: a stream is not stored half as JSON and half as text.
 */
export function readJsonTexts(texts: readonly (string | undefined)[]): JsonTexts {
  const reads: (ReadJson | undefined)[] = []
  let nodes = 0
  for (const text of texts) {
    const read = text === undefined ? undefined : readJson(text)
    nodes += read?.nodes ?? 0
    if (nodes > MAX_STRUCTURED_NODES) return { entries: texts.map(() => undefined) }
    reads.push(read)
  }
  const shared = sharedLayout(reads.filter((read) => read !== undefined))
  const entries = reads.map((read, index): JsonPayload | undefined => {
    if (read === undefined) return undefined
    return { json: read.value, ...(shared ? difference(read, texts[index] ?? '', shared) : read.layout) }
  })
  return { entries, ...defined({ layout: shared }) }
}

/**
 * The indent and spacing that more than half of them have, and the escapes of all: a text without such characters does not
 * show whether it would escape them.
 */
function sharedLayout(reads: readonly ReadJson[]): JsonLayout | undefined {
  if (reads.length < 2) return undefined
  const spacings = new Map<string, { count: number; spacing: JsonLayout }>()
  const escapes = new Set<string>()
  let ascii = false
  for (const { layout } of reads) {
    const { indent, spaced } = layout
    const key = JSON.stringify([indent, spaced])
    const known = spacings.get(key) ?? { count: 0, spacing: layoutOf({ indent, spaced }) }
    spacings.set(key, { ...known, count: known.count + 1 })
    for (const character of layout.escape ?? '') escapes.add(character)
    ascii ||= layout.ascii === true
  }
  const most = [...spacings.values()].find(({ count }) => count * 2 > reads.length)
  const shared = layoutOf({
    ...most?.spacing,
    escape: escapes.size === 0 ? undefined : [...escapes].toSorted().join(''),
    ascii: ascii || undefined,
  })
  return Object.keys(shared).length > 0 ? shared : undefined
}

/** The keys that lead from the shared layout to this text: its own pad, or everything that differs. */
function difference(read: ReadJson, text: string, shared: JsonLayout): JsonLayout {
  const padded = layoutOf({ pad: read.layout.pad })
  if (writeJson(read.value, { ...shared, ...padded }) === text) return padded
  const off = layoutOf({
    indent: shared.indent === undefined ? undefined : 0,
    spaced: shared.spaced === undefined ? undefined : false,
    escape: shared.escape === undefined ? undefined : '',
    ascii: shared.ascii === undefined ? undefined : false,
  })
  return { ...off, ...read.layout }
}
