/** One result of a test: `passed` is undefined if the test was skipped. */
export interface Result {
  readonly title: string
  readonly passed: boolean | undefined
}

const RESULT = /^( *)(not )?ok \d+\s*(?:- )?(.*?)(?:\s+# (SKIP|TODO|time).*)?$/i
const SUBTEST = /^( *)# Subtest: (.*)$/

/** The tests in a report in the Test Anything Protocol. A test that only holds other tests is left out. */
export function readTap(text: string): Result[] {
  const results: Result[] = []
  const parents: string[] = []
  const groups = new Set<string>()
  for (const line of text.split('\n')) {
    const opened = SUBTEST.exec(line)
    if (opened) {
      const depth = (opened[1] ?? '').length / 4
      parents.length = depth
      parents[depth] = opened[2] ?? ''
      continue
    }
    const result = RESULT.exec(line)
    if (!result) continue
    const [, indent = '', failed, name = '', directive = ''] = result
    if (indent.length % 4 !== 0) continue
    const path = [...parents.slice(0, indent.length / 4), name]
    const title = path.join(' > ')
    if (path.length > 1) groups.add(path.slice(0, -1).join(' > '))
    if (groups.has(title)) continue
    const skipped = /^(?:skip|todo)$/i.test(directive)
    results.push({ title, passed: skipped ? undefined : !failed })
  }
  return results
}
