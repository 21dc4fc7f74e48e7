import {
  CONTEXTS,
  CREDENTIALS,
  ENCODED_PLACES,
  PLACES,
  TEXT_PLACES,
} from '../../test/redaction/leak-table.ts'
import { type LeakRun, leaksInContext, leaksOf } from '../../test/redaction/leaks.ts'
import type { Findings, Section } from './section.ts'

/** Every credential format in every place, known from the environment and known by its form alone. */
export const leaks: Section = {
  name: 'leaks',
  run: async (form) => findingsOf(form === 'long' ? 1 : 24),
}

function findingsOf(every: number): Findings {
  const known: LeakRun = { places: { ...PLACES, ...ENCODED_PLACES }, known: true, every }
  const byForm: LeakRun = { places: PLACES, known: false, every }
  const inContext = leaksInContext(every)
  const [ofKnown, ofForm] = [leaksOf(known), leaksOf(byForm)]
  const figures = [
    table([
      [
        'the value of an environment variable',
        CREDENTIALS.length,
        Object.keys(known.places).length,
        ofKnown.length,
      ],
      ['known by its form alone', CREDENTIALS.length, Object.keys(PLACES).length, ofForm.length],
      ['known by the text around it', CONTEXTS.length, Object.keys(TEXT_PLACES).length, inContext.length],
    ]),
    list('Formats', formats()),
    list(
      'Texts',
      CONTEXTS.map(({ format }) => `\`${format}\``),
    ),
    list('Places', places()),
  ]
  return { figures: figures.join('\n\n'), broken: [...ofKnown, ...ofForm, ...inContext] }
}

const table = (rows: readonly (readonly [string, number, number, number])[]): string =>
  [
    '| the credential is | formats | places | leaks |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')

/** The fixed beginning and the parts of each format, as the test writes them. */
const formats = (): string[] => CREDENTIALS.map(({ format }) => `\`${format}\``)

const places = (): string[] => [
  ...Object.keys(PLACES),
  ...Object.keys(ENCODED_PLACES).map((name) => `${name} (a variable's value only)`),
]

const list = (title: string, items: readonly string[]): string => `${title}: ${items.join('; ')}.`
