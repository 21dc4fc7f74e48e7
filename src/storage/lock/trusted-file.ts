import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'

import { codeOf } from '../fs-problem.ts'

/** Why a file is not opened, as the end of a sentence whose subject is the file: "is a symbolic link". */
export interface Untrusted {
  readonly problem: string
}

/** Windows has no such flags, and no FIFOs in folders. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>

/**
 * Opens a file for reading that another user could have put there. Follows no link, and waits neither for a writer of a FIFO nor for a
 * device.
 * @returns an open file descriptor; `undefined` if there is no file
 */
export function openTrusted(file: string): number | Untrusted | undefined {
  const named = lstatSync(file, { bigint: true, throwIfNoEntry: false })
  if (named === undefined) return undefined
  const problem = problemWith(named)
  // To open a device can already act on it, so this comes first.
  if (problem !== undefined) return { problem }
  const fd = openAgain(file)
  if (typeof fd !== 'number') return fd
  // Another file may have come in its place in between.
  const opened = problemWith(fstatSync(fd, { bigint: true }))
  if (opened === undefined) return fd
  closeSync(fd)
  return { problem: opened }
}

function openAgain(file: string): number | Untrusted | undefined {
  try {
    return openSync(file, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'ELOOP') return { problem: 'is a symbolic link' }
    throw error
  }
}

function problemWith(found: BigIntStats): string | undefined {
  const kind = kindOf(found)
  if (kind !== undefined) return `is ${kind}`
  if (found.nlink > 1n) return `is a file with ${found.nlink} names (hard links)`
  const user = process.geteuid?.()
  if (user !== undefined && found.uid !== BigInt(user)) return `belongs to another user (${found.uid})`
  return undefined
}

function kindOf(found: BigIntStats): string | undefined {
  if (found.isFile()) return undefined
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (found.isDirectory()) return 'a folder'
  if (found.isFIFO()) return 'a FIFO'
  return found.isSocket() ? 'a socket' : 'a device'
}
