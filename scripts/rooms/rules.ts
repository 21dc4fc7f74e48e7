import { isBuiltin } from 'node:module'
import { posix } from 'node:path'

import { readImports } from './read-imports.ts'

/** The imports that a room may have. A room is a folder or a file directly in `src`. */
export interface Room {
  /** Whether the room has no I/O, clock or process state. It may import only those modules of Node that compute. */
  readonly pure?: boolean
  readonly imports: readonly string[]
  /** Rooms from which only types may be imported. */
  readonly typesFrom?: readonly string[]
  readonly packages: readonly string[]
}

/** The format of `src/rooms.json`. */
export interface RoomTable {
  readonly entriesPerFolder: number
  /** Folders, relative to `src`, that may have any number of entries. */
  readonly flatFamilies: readonly string[]
  readonly rooms: Readonly<Record<string, Room>>
}

/** The text of each source file, by its path relative to `src`. */
export type Sources = ReadonlyMap<string, string>

/** `node:module` for `createRequire`, which loads a package of the table when it is first needed. */
const PURE_BUILTINS = new Set(['node:crypto', 'node:zlib', 'node:buffer', 'node:util', 'node:module'])

const roomOf = (file: string): string => file.split('/')[0] ?? file

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Finds every import that `table` forbids. @returns lines like `file:line: reason` */
export function forbiddenImports(table: RoomTable, sources: Sources): string[] {
  const found: string[] = []
  for (const [file, text] of sources) {
    const name = roomOf(file)
    const room = table.rooms[name]
    if (!room) {
      found.push(`src/${file}: the room ${name} is not in src/rooms.json`)
      continue
    }
    for (const { specifier, typesOnly, line } of readImports(text)) {
      const why = objection(file, { name, room, specifier, typesOnly }, sources)
      if (why !== undefined) found.push(`src/${file}:${line}: ${why}`)
    }
  }
  return found
}

interface Question {
  readonly name: string
  readonly room: Room
  readonly specifier: string
  readonly typesOnly: boolean
}

function objection(
  file: string,
  { name, room, specifier, typesOnly }: Question,
  sources: Sources,
): string | undefined {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier)
    if (!sources.has(target)) return `${specifier} does not exist`
    const other = roomOf(target)
    if (other === name || room.imports.includes(other)) return undefined
    if (typesOnly && room.typesFrom?.includes(other) === true) return undefined
    return `${name} may not import ${other} (${specifier})`
  }
  if (isBuiltin(specifier)) {
    if (room.pure !== true || PURE_BUILTINS.has(specifier)) return undefined
    return `${name} is pure and may not import ${specifier}`
  }
  return room.packages.includes(packageOf(specifier))
    ? undefined
    : `${name} may not import the package ${specifier}`
}

/** Finds every import cycle, including type imports. @returns lines like `a → b → a` */
export function importCycles(sources: Sources): string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) cycles.push(`src: a circle of imports: ${[...path.slice(start), file].join(' → ')}`)
    if (start >= 0 || done.has(file)) return
    for (const { specifier } of readImports(sources.get(file) ?? '')) {
      const target = posix.join(posix.dirname(file), specifier)
      if (specifier.startsWith('.') && sources.has(target)) visit(target, [...path, file])
    }
    done.add(file)
  }
  for (const file of sources.keys()) visit(file, [])
  return cycles
}

/** Finds every folder below `src` that has more entries than the table allows. `src` itself holds the rooms. */
export function crowdedFolders(table: RoomTable, paths: Iterable<string>): string[] {
  const entries = new Map<string, Set<string>>()
  for (const path of paths)
    for (let at = path; posix.dirname(at) !== '.'; at = posix.dirname(at)) {
      const folder = posix.dirname(at)
      entries.set(folder, (entries.get(folder) ?? new Set()).add(at))
    }
  return [...entries]
    .filter(([folder, { size }]) => size > table.entriesPerFolder && !table.flatFamilies.includes(folder))
    .map(
      ([folder, { size }]) =>
        `src/${folder}: ${size} entries, ${table.entriesPerFolder} are allowed: make a sub-folder of what belongs together`,
    )
}
