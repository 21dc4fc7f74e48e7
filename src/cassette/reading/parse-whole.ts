import { defined } from '../../base/defined.ts'
import type { CassetteContents } from '../entry.ts'
import { isInteractionText } from './check-interaction.ts'
import { checkTopLevel, keyLines } from './check-top-level.ts'
import { type Envelope, newEnvelope } from '../envelope.ts'
import { type SidecarFiles, withSidecars } from '../sidecars.ts'
import { ParsedEntry } from './parsed-entry.ts'
import { checkedAt, refuseOpenEnd } from './read-item.ts'
import { formatError, sourceText, type SourceText } from '../yaml/source-text.ts'
import { readYaml, type YamlTree } from '../yaml/tree.ts'

/**
 * Parses a cassette file whose items are not on lines of their own (in flow style, for example). Its items are written anew
 * when the file is written. The text before and after them is kept.
 * @throws {CassetteFormatError}
 */
export function parseWhole(text: string, path: string, files?: SidecarFiles): CassetteContents {
  const source = sourceText(path, text)
  const tree = readYaml(source, 'mapping', (at) => at[0] === 'interactions' && isInteractionText(at.slice(2)))
  if (tree.isEmpty) return emptyFile(text)
  const { incomplete, metadata, interactions } = checkTopLevel(source, tree)
  refuseOpenEnd(source, tree)
  const items = Array.isArray(interactions) ? (interactions as unknown[]) : []
  return {
    entries: items.map((item, index) => {
      const read = checkedAt(source, tree, ['interactions', index], item)
      if (files === undefined) return new ParsedEntry(read)
      const failed = (name: string, ...problem: [expected: string, found: string]) =>
        formatError(source, text.indexOf(name), ...problem)
      return new ParsedEntry(withSidecars(read, files, failed))
    }),
    incomplete: incomplete === true,
    metadata,
    envelope: envelopeOf(source, tree, incomplete),
  }
}

/** Only comments and blank lines. The comments stay at the top of the file. */
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
  // Offsets after the items count from the first character of the tail, which may have lost a line end.
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

/** A file that is one flow mapping (JSON, for example). Its other keys become block style. */
function rewritten({ value }: YamlTree): Envelope {
  const {
    version: _version,
    interactions: _interactions,
    incomplete: _incomplete,
    ...others
  } = value as Record<string, unknown>
  return newEnvelope('', others)
}
