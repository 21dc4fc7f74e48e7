import { defineCommand } from 'citty'

import { colorsFor } from '../../colors.ts'
import { joinChunks } from '../../base/bytes.ts'
import { fromInteraction } from '../../cassette/convert.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { CassettePathError } from '../../errors/cassette-path-error.ts'
import { conversationOf } from '../../library/conversation.ts'
import { factsOf, saidBy } from '../../library/facts.ts'
import { conversationPage } from '../../reports/library/conversation-page.ts'
import { renderInteraction, type ShownInteraction } from '../../reports/library/conversation.ts'
import { checkCassettePath, loadCassette } from '../../storage/file.ts'
import { entryOf } from '../choose-entries.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

export const show = withExamples(
  [
    'show cassettes/capital.yaml',
    'show cassettes/capital.yaml 7d20',
    'show cassettes/capital.yaml 7d20 --raw > answer.bin',
    'show cassettes/capital.yaml --html > capital.html',
  ],
  defineCommand({
    meta: {
      name: 'show',
      description:
        'Shows the interactions of a cassette as conversations: roles, text with streams joined, calls of tools as trees, tokens ' +
        'and time. An id, or its beginning, chooses one.',
    },
    args: {
      file: { type: 'positional', required: true, description: 'the cassette' },
      id: { type: 'positional', required: false, description: 'the id of an interaction, or its beginning' },
      raw: {
        type: 'boolean',
        description: 'print the body of the response, byte for byte, without its content coding',
      },
      json: { type: 'boolean', description: 'print the conversations as JSON' },
      html: { type: 'boolean', description: 'print a page to look at: one file that asks for nothing' },
    },
    run({ args }): CommandResult {
      const cassette = loadCassette(checkCassettePath(args.file))
      if (cassette === undefined) throw new CassettePathError(args.file, 'does not exist')
      const entries = args.id === undefined ? cassette.entries : [entryOf(cassette, args.id)]
      if (args.raw) return { exitCode: EXIT.fine, text: '', bytes: rawOf(entries) }
      const shown = entries.map(shownOf)
      if (args.json) return { exitCode: EXIT.fine, text: JSON.stringify(shown, null, 2) }
      if (args.html) return { exitCode: EXIT.fine, text: conversationPage(args.file, shown) }
      const palette = colorsFor(1)
      const text = shown.map((one) => renderInteraction(one, palette)).join('\n')
      return { exitCode: EXIT.fine, text: text === '' ? 'no interactions' : text.trimEnd() }
    },
  }),
)

function shownOf(entry: CassetteEntry): ShownInteraction {
  const said = saidBy(entry)
  return { facts: factsOf(entry, said), turns: conversationOf(said) }
}

function rawOf(entries: readonly CassetteEntry[]): Uint8Array {
  const [entry] = entries
  if (entry === undefined || entries.length > 1)
    throw new UsageError(`--raw shows one interaction: name its id (the file has ${entries.length})`)
  return joinChunks(fromInteraction(entry.read()).response?.chunks ?? [])
}
