/** The test files that one mocha process runs. */
export interface Group {
  readonly name: string
  /** Folders and files of `test/`. A file belongs to the group that names it, or else the nearest folder above it; `''` is `test/` itself. */
  readonly of: readonly string[]
  /**
   * `alone`: these tests measure time or memory, so nothing else runs meanwhile. `long`: they also run alone, and not in
   * `npm test`.
   */
  readonly kind?: 'alone' | 'long'
}

export interface Shared {
  readonly groups: ReadonlyMap<Group, readonly string[]>
  /** Files that no group names, and names of groups that no file has. */
  readonly problems: readonly string[]
}

/** Deals the test files (paths below `test/`) to the groups. */
export function share(files: readonly string[], groups: readonly Group[]): Shared {
  const owners = new Map(groups.flatMap((group) => group.of.map((path) => [path, group] as const)))
  const dealt = new Map(groups.map((group) => [group, [] as string[]] as const))
  const problems: string[] = []
  const used = new Set<string>()
  for (const file of files.toSorted()) {
    const path = ancestors(file).find((one) => owners.has(one))
    const group = path === undefined ? undefined : owners.get(path)
    if (path === undefined || group === undefined)
      problems.push(`test/${file} is in no group: add it to scripts/test/table.ts`)
    else {
      used.add(path)
      dealt.get(group)?.push(file)
    }
  }
  for (const [path, group] of owners)
    if (!used.has(path))
      problems.push(`test/${path} has no test for the group ${group.name}: correct scripts/test/table.ts`)
  return { groups: dealt, problems }
}

/** The path itself, then each folder above it, and in the end the empty path, which is `test/` itself. */
function ancestors(path: string): string[] {
  const parts = path.split('/')
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), '']
}

/**
 * The groups that a command names: by name, by kind, or by the part of the name before the dash; without names, all
 * that are not long.
 * @throws {Error} if nothing has that name
 */
export function choose(names: readonly string[], groups: readonly Group[]): Group[] {
  if (names.length === 0) return groups.filter(({ kind }) => kind !== 'long')
  const unknown = names.filter((name) => !groups.some((group) => isNamed(group, name)))
  if (unknown.length > 0) {
    const known = groups.map((group) => group.name).join(', ')
    throw new Error(`no group of tests is called ${unknown.join(', ')}: take one of ${known}`)
  }
  return groups.filter((group) => names.some((name) => isNamed(group, name)))
}

function isNamed({ name: full, kind }: Group, name: string): boolean {
  return full === name || kind === name || (kind === undefined && full.split('-')[0] === name)
}
