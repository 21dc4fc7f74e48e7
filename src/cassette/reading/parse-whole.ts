import { defined } from '../../base/defined.ts'
import type { CassetteContents } from '../entry.ts'
import { isInteractionText } from './check-interaction.ts'
import { checkTopLevel, keyLines } from './check-top-level.ts'
import { type Envelope, newEnvelope } from '../envelope.ts'
import { ParsedEntry } from './parsed-entry.ts'
import { checkedAt, refuseOpenEnd } from './read-item.ts'
import { sourceText, type SourceText } from '../yaml/source-text.ts'
import { readYaml, type YamlTree } from '../yaml/tree.ts'

/**
 * A cassette file whose items are not lines of their own (flow style, say), through the YAML parser. Its items
 * are written anew when the file is; all else that stands before or after them is kept.
 * @throws {CassetteFormatError}
 */
export function parseWhole(text: string, path: string): CassetteContents {
  const source = sourceText(path, text)
  const tree = readYaml(source, (at) => at[0] === 'interactions' && isInteractionText(at.slice(2)))
  if (tree.isEmpty) return emptyFile(text)
  const { incomplete, metadata, interactions } = checkTopLevel(source, tree)
  refuseOpenEnd(source, tree)
  const items = Array.isArray(interactions) ? (interactions as unknown[]) : []
  return {
    entries: items.map(
      (item, index) => new ParsedEntry(checkedAt(source, tree, ['interactions', index], item)),
    ),
    incomplete: incomplete === true,
    metadata,
    envelope: envelopeOf(source, tree, incomplete),
  }
}

/** Nothing but comments and blank lines: they are kept above what comes. */
function emptyFile(text: string): CassetteContents {
  const above = text.replaceAll(/^(?!\ufeff?[ \t]*#).*\n?/gm, '')
  const envelope = newEnvelope(above === '' || above.endsWith('\n') ? above : `${above}\n`)
  return { entries: [], incomplete: false, metadata: undefined, envelope }
}

function envelopeOf(source: SourceText, tree: YamlTree, incomplete: boolean | undefined): Envelope {
  const { text } = source
  const { root } = tree
  if (root === null || !('items' in root) || root.flow === true) return rewritten(tree)
  const eol = /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n'
  const before = `${text}${text.endsWith('\n') ? '' : eol}`
  const has = Object.hasOwn(tree.value as object, 'interactions')
  const head = has
    ? text.slice(0, text.lastIndexOf('\n', tree.offsetOf(['interactions'], 'key') - 1) + 1)
    : before
  const tail = has ? text.slice(tree.offsetOf(['interactions'], 'end')).replace(/^[ \t]*\r?\n/, '') : ''
  // Offsets behind the items count from the tail's first character, whatever the tail lost.
  const lines = (key: string) => {
    const found = keyLines(source, tree, [key], head.length)
    const lost = text.length - tail.length - head.length
    return found.in === 'head' ? found : { ...found, start: found.start - lost, end: found.end - lost }
  }
  return {
    head: `${head}interactions:`,
    restOfLine: eol,
    tail,
    indent: 2,
    eol,
    version: lines('version'),
    ...defined({
      incompleteMark: incomplete === undefined ? undefined : { ...lines('incomplete'), value: incomplete },
    }),
  }
}

/** A file that is one flow mapping (JSON, for one): its keys in block style. */
function rewritten({ value }: YamlTree): Envelope {
  const {
    version: _version,
    interactions: _interactions,
    incomplete: _incomplete,
    ...others
  } = value as Record<string, unknown>
  return newEnvelope('', others)
}
