import { AXES, type Axis, type GateChange, type GateCounts, type GateReport } from './report.ts'

const WORDS: Readonly<Record<keyof GateCounts, string>> = {
  identical: 'identical',
  benign: 'reworded',
  regression: 'regressed',
  accepted: 'accepted',
  added: 'new',
  missing: 'missing',
  notCompared: 'not compared',
}

/** `benign: 41 identical, 3 reworded` */
export function firstLine({ verdict, counts, problems }: GateReport): string {
  const parts = Object.entries(WORDS).flatMap(([key, word]) => {
    const count = counts[key as keyof GateCounts]
    return count === 0 ? [] : [`${count} ${word}`]
  })
  if (problems.length > 0)
    parts.push(`${problems.length} ${problems.length === 1 ? 'file' : 'files'} unreadable`)
  return `${verdict}: ${parts.join(', ') || 'nothing to compare'}`
}

/** The changes by axis, those that break something first. */
export function byAxis(changes: readonly GateChange[]): [axis: Axis, changes: GateChange[]][] {
  return AXES.flatMap((axis): [Axis, GateChange[]][] => {
    const found = changes.filter((change) => change.axis === axis)
    return found.length === 0 ? [] : [[axis, found]]
  })
}

/** The path of a cassette from the folder the command ran in, or from the root of the repository. */
export const fileOf = (root: string, cassette: string): string =>
  root === '' || root === '.' ? cassette : `${root.replace(/^\.\/|\/+$/g, '')}/${cassette}`
