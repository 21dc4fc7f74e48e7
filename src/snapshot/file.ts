import { isObject } from '../providers/json/json.ts'
import type { Digest } from '../drift/types.ts'

/** The snapshots of one test, by name. A snapshot without a name is named by its number, from 1. */
export type Snapshots = ReadonlyMap<string, Digest>

/** The file of a test's snapshots lies beside its cassette. */
export const SNAPSHOT_ENDING = '.snapshot.json'
export const snapshotPath = (cassette: string): string => cassette.replace(/\.ya?ml$/, '') + SNAPSHOT_ENDING

/** @returns the snapshots, or what is wrong with the text */
export function parseSnapshots(text: string): Snapshots | { readonly problem: string } {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  const snapshots = isObject(file) && file['version'] === 1 ? file['snapshots'] : undefined
  if (!isObject(snapshots)) return { problem: 'is not {"version": 1, "snapshots": {...}}' }
  const broken = Object.entries(snapshots).find(([, digest]) => !isDigest(digest))
  if (broken) return { problem: `has no digest for snapshots[${JSON.stringify(broken[0])}]` }
  return new Map(Object.entries(snapshots) as unknown as [string, Digest][])
}

const isDigest = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['ok'] === 'boolean' &&
  typeof value['status'] === 'number' &&
  Array.isArray(value['choices']) &&
  value['choices'].every((choice) => isObject(choice) && Array.isArray(choice['tool_calls']))

export const renderSnapshots = (snapshots: Snapshots): string =>
  `${JSON.stringify({ version: 1, snapshots: Object.fromEntries(snapshots) }, null, 2)}\n`
