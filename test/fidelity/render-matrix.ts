import { type Results, type Verdict, verdictsOf } from './results.ts'

const BEGIN = '<!-- support matrix: written by `npm run matrix`, do not edit -->'
const END = '<!-- end of the support matrix -->'

/** Numbers the reasons in the order of their first use. */
class Notes {
  readonly #reasons: string[] = []

  marksFor(reasons: readonly string[]): string {
    const numbers = [...new Set(reasons)].map((reason) => {
      if (!this.#reasons.includes(reason)) this.#reasons.push(reason)
      return this.#reasons.indexOf(reason) + 1
    })
    const sorted = numbers.toSorted((a, b) => a - b)
    return sorted.length === 0 ? '' : ` <sup>${sorted.join(' ')}</sup>`
  }

  get lines(): string[] {
    return this.#reasons.map((reason, i) => `${i + 1}. ${reason}`)
  }
}

/** Joins `undici 8 request`, `undici 7 request` and `undici 6 request` into one name. */
function joinedNames(names: readonly string[]): string {
  const versions = new Map<string, string[]>()
  for (const name of names) {
    const [, version, rest] = /^undici (\d) (.+)$/.exec(name) ?? []
    const key = rest === undefined ? name : `undici # ${rest}`
    versions.set(key, [...(versions.get(key) ?? []), ...(version === undefined ? [] : [version])])
  }
  return [...versions].map(([key, found]) => key.replace('#', found.toSorted().join(', '))).join('; ')
}

/** Puts clients with equal rows into one row. */
function grouped(
  results: Results,
  rowOf: (client: string) => string,
): (readonly [names: string, row: string])[] {
  const rows = Map.groupBy(Object.keys(results.clients), rowOf)
  return [...rows].map(([row, names]) => [joinedNames(names), row])
}

const reasonsOf = (verdicts: readonly Verdict[], mark: Verdict['mark']): string[] =>
  verdicts.filter((one) => one.mark === mark).map((one) => one.reason ?? '')

/** Of a whole family; what a client cannot send is a note, unless it can send none of them. */
function familyCell(verdicts: readonly Verdict[], notes: Notes): string {
  const marks = new Set(verdicts.map(({ mark }) => mark))
  const mark = marks.has('✗') ? '✗' : marks.has('◐') ? '◐' : marks.has('●') ? '●' : '–'
  return `${mark}${notes.marksFor([...reasonsOf(verdicts, '◐'), ...reasonsOf(verdicts, '–')])}`
}

function table(head: readonly string[], rows: readonly (readonly [string, string])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map(([names, row]) => `| ${names} | ${row} |`),
  ]
}

/** Clients by families of exchanges, for docs/clients.md. */
function renderSummary(results: Results): string {
  const families = Object.keys(results.families)
  const notes = new Notes()
  const rows = grouped(results, (client) =>
    families.map((family) => familyCell(verdictsOf(results, client, family), notes)).join(' | '),
  )
  const clients = Object.keys(results.clients).length
  const exchanges = Object.values(results.families).flat().length
  const all = Object.keys(results.clients).flatMap((client) =>
    families.flatMap((family) => verdictsOf(results, client, family)),
  )
  const count = (mark: Verdict['mark']): number => all.filter((one) => one.mark === mark).length
  return [
    BEGIN,
    '',
    `${clients} clients and settings of clients, ${exchanges} exchanges: of ${all.length} cells, ${count('●')} are the same in replay as live,`,
    `${count('◐')} but for a stated difference, ${count('–')} are requests that the client cannot make. While recording nothing differs.`,
    '',
    '● the same as live · ◐ the same but for the notes · – the client cannot send any of these; of a ● or ◐, notes also say what of',
    'the column the client cannot send. Clients with the same row share it.',
    '',
    ...table(['client', ...families], rows),
    '',
    ...notes.lines,
    '',
    END,
  ].join('\n')
}

/** Every exchange, for matrix.md. */
export function renderMatrix(results: Results): string {
  const notes = new Notes()
  const sections = Object.entries(results.families).flatMap(([family, exchanges]) => {
    const rows = grouped(results, (client) =>
      verdictsOf(results, client, family)
        .map(({ mark, reason }) => `${mark}${notes.marksFor(reason === undefined ? [] : [reason])}`)
        .join(' | '),
    )
    return [`## ${family}`, '', ...table(['client', ...exchanges], rows), '']
  })
  return [
    '<!-- Made by `npm run matrix` from the results of test/fidelity. Do not edit. -->',
    '',
    '# Every client, every exchange',
    '',
    'What a client sees in replay, with the servers stopped, is what it saw live: ● the same, ◐ but for the note, – the',
    'client cannot send such a request, for the reason in the note. While recording nothing differs. Clients with the same',
    'row share it.',
    '',
    ...sections,
    '## Notes',
    '',
    ...notes.lines,
    '',
  ].join('\n')
}

/** The page with its matrix, between its marks, replaced. */
export function withSummary(page: string, results: Results): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from === -1 || to === -1) throw new Error('docs/clients.md has no marks for the support matrix')
  return `${page.slice(0, from)}${renderSummary(results)}${page.slice(to + END.length)}`
}
