import { checkInteraction, isInteractionText, ShapeProblem } from './check-interaction.ts'
import type { Interaction } from '../interaction.ts'
import { setOwn } from '../yaml/own-keys.ts'
import { quickRead } from '../yaml/quick-read.ts'
import { formatError, type SourceText } from '../yaml/source-text.ts'
import { readYaml, type YamlTree } from '../yaml/tree.ts'

/**
 * Reads the text of one item.
 * @throws {CassetteFormatError}
 */
export function readItemText(source: SourceText): Interaction {
  const { text } = source
  const quick = quickRead(text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text)
  if (quick !== undefined) {
    try {
      return checkInteraction(withText(quick))
    } catch (error) {
      // The YAML parser reads it again: it knows the place of each value.
      if (!(error instanceof ShapeProblem)) throw error
    }
  }
  const tree = readYaml(source, 'item', (path) => isInteractionText(path.slice(1)))
  if (!Array.isArray(tree.value) || tree.value.length !== 1) {
    throw formatError(source, tree.start, 'one item of a list')
  }
  refuseOpenEnd(source, tree)
  return checkedAt(source, tree, [0], tree.value[0])
}

/** Checks an interaction of a parsed text. Its error has the place in the file. */
export function checkedAt(
  source: SourceText,
  tree: YamlTree,
  at: readonly (string | number)[],
  value: unknown,
): Interaction {
  try {
    return checkInteraction(value)
  } catch (error) {
    if (!(error instanceof ShapeProblem)) throw error
    throw formatError(source, tree.offsetOf([...at, ...error.path]), error.expected, error.found)
  }
}

/** Refuses a text that was probably cut off: its last line has no line end, and its last value could go on. */
export function refuseOpenEnd(source: SourceText, tree: YamlTree): void {
  if (source.text.endsWith('\n') || !tree.endsOpen) return
  throw formatError(
    source,
    source.text.length,
    'a line end (the file seems to be cut off here)',
    'the end of the file',
  )
}

/** Makes scalars without quotes text if the format has text at their place. */
function withText(value: Record<string, unknown>): Record<string, unknown> {
  const path: (string | number)[] = []
  const visit = (parent: Record<string, unknown>): void => {
    for (const [key, child] of Object.entries(parent)) {
      path.push(key)
      if (typeof child === 'object' && child !== null) {
        if (key !== 'json') visit(child as Record<string, unknown>)
      } else if (typeof child !== 'string' && isInteractionText(path)) {
        setOwn(parent, key, String(child))
      }
      path.pop()
    }
  }
  visit(value)
  return value
}
