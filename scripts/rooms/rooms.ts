import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { crowdedFolders, forbiddenImports, importCycles, type RoomTable } from './rules.ts'

const SRC = join(import.meta.dirname, '../../src')

/** Compares `src` with `src/rooms.json`. @returns one line for each violation */
export function checkRooms(): string[] {
  const table = JSON.parse(readFileSync(join(SRC, 'rooms.json'), 'utf8')) as RoomTable
  const paths = globSync('**/*.*', { cwd: SRC }).map((path) => path.replaceAll('\\', '/'))
  const sources = new Map(
    paths.filter((path) => path.endsWith('.ts')).map((path) => [path, readFileSync(join(SRC, path), 'utf8')]),
  )
  return [...forbiddenImports(table, sources), ...importCycles(sources), ...crowdedFolders(table, paths)]
}
