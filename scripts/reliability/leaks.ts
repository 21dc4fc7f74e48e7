import { CREDENTIALS, ENCODED_PLACES, PLACES } from '../../test/redaction/leak-table.ts'
import { type LeakRun, leaksOf } from '../../test/redaction/leaks.ts'
import type { Findings, Section } from './section.ts'

/** Every credential format in every place, known from the environment and known by its form alone. */
export const leaks: Section = {
  name: 'leaks',
  run: async (form) => findingsOf(form === 'long' ? 1 : 24),
}

function findingsOf(every: number): Findings {
  const known: LeakRun = { places: { ...PLACES, ...ENCODED_PLACES }, known: true, every }
  const byForm: LeakRun = { places: PLACES, known: false, every }
  const rows = [
    ['the value of an environment variable', known],
    ['known by its form alone', byForm],
  ] as const
  const found = rows.map(([, run]) => leaksOf(run))
  return {
    figures: [summary(rows, found), list('Formats', formats()), list('Places', places())].join('\n\n'),
    broken: found.flat(),
  }
}

function summary(
  rows: readonly (readonly [string, LeakRun])[],
  found: readonly (readonly string[])[],
): string {
  const lines = rows.map(
    ([name, { places: where }], index) =>
      `| ${name} | ${CREDENTIALS.length} | ${Object.keys(where).length} | ${found[index]?.length ?? 0} |`,
  )
  return ['| the credential is | formats | places | leaks |', '|---|---|---|---|', ...lines].join('\n')
}

/** The fixed beginning and the parts of each format, as the test writes them. */
const formats = (): string[] => CREDENTIALS.map(({ format }) => `\`${format}\``)

const places = (): string[] => [
  ...Object.keys(PLACES),
  ...Object.keys(ENCODED_PLACES).map((name) => `${name} (a variable's value only)`),
]

const list = (title: string, items: readonly string[]): string => `${title}: ${items.join('; ')}.`
