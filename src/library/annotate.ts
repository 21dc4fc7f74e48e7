import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import type { Metadata } from '../cassette/metadata.ts'
import { RULES_VERSION } from '../fingerprint/fingerprint.ts'
import { isObject } from '../providers/json/json.ts'
import { conversationOf } from './conversation.ts'
import { factsOf, saidBy } from './facts.ts'

/** A longer text is cut in a summary, characters. */
const MAX_TEXT = 80

/** The interactions without a key, or with one of older rules. */
export const withoutKey = ({ entries }: Cassette): CassetteEntry[] =>
  entries.filter(({ match }) => match?.v !== RULES_VERSION)

/**
 * The values that the metadata of a cassette gets: those that a person gave, and a summary if it has none.
 * @throws {CassetteFormatError} if an interaction cannot be read
 */
export function annotation(cassette: Cassette, given: Metadata): Metadata {
  const { metadata } = cassette
  const hasSummary = isObject(metadata) && typeof metadata['summary'] === 'string'
  return hasSummary || Object.hasOwn(given, 'summary') ? given : { ...given, summary: summaryOf(cassette) }
}

/** `2 interactions with gpt-5 (openai-chat). The first: "The capital of France?" → "Paris."` */
function summaryOf({ entries }: Cassette): string {
  const all = entries.map((entry) => {
    const said = saidBy(entry)
    return { said, facts: factsOf(entry, said) }
  })
  const count = `${entries.length} ${entries.length === 1 ? 'interaction' : 'interactions'}`
  const models = [
    ...new Set(
      all.map(({ facts }) => (facts.model === undefined ? facts.title : `${facts.model} (${facts.api})`)),
    ),
  ]
  const first = all.find(({ said }) => said.canonical.op === 'chat')
  const turns = first ? conversationOf(first.said) : []
  const asked = turns.find(({ role }) => role === 'user')?.text
  const answer = turns.at(-1)
  const said = answer?.calls.length
    ? `calls ${answer.calls.map(({ name }) => name).join(', ')}`
    : quoted(answer?.text ?? '')
  return [
    entries.length === 0
      ? 'no interactions'
      : `${count} with ${models.slice(0, 5).join(', ')}${models.length > 5 ? ' ...' : ''}`,
    ...(asked === undefined ? [] : [`The first: ${quoted(asked)} → ${said}`]),
  ].join('. ')
}

function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return JSON.stringify(line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT).toWellFormed()}…` : line)
}
