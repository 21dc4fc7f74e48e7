/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY

/** Whether `name` is probably a misspelling of a candidate of four letters or more: one edit, or two for a name of six letters or more. */
export function isNearMiss(name: string, candidates: Iterable<string>): boolean {
  const typed = name.toLowerCase()
  const edits = typed.length < 6 ? 1 : 2
  for (const candidate of candidates) {
    if (candidate.length < 4 || Math.abs(candidate.length - typed.length) > edits) continue
    if (distance(typed, candidate.toLowerCase()) <= edits) return true
  }
  return false
}

/** The candidate with the fewest edits. If several have the fewest, the first. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((candidate) => ({ candidate, edits: distance(name, candidate) }))
  return ranked.toSorted((a, b) => a.edits - b.edits)[0]?.candidate
}
