import { readFileSync, writeFileSync } from 'node:fs'

import { type Accepted, parseAccepted, renderAccepted } from '../gate/accepted.ts'
import { UnmeasuredError } from '../errors/unmeasured-error.ts'
import { codeOf, problemOf } from './fs-problem.ts'

/**
 * The accepted changes of a file; none if there is no file.
 * @throws {UnmeasuredError} if the file cannot be read or has the wrong shape
 */
export function readAccepted(path: string): readonly Accepted[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new UnmeasuredError(`The file of accepted changes ${path} cannot be read: ${problemOf(error)}.`, {
      cause: error,
    })
  }
  const accepted = parseAccepted(text)
  if ('problem' in accepted)
    throw new UnmeasuredError(
      `The file of accepted changes ${path} ${accepted.problem}. Correct it, or delete it.`,
    )
  return accepted
}

/** @throws {UnmeasuredError} if the file cannot be written */
export function writeAccepted(path: string, accepted: readonly Accepted[]): void {
  try {
    writeFileSync(path, renderAccepted(accepted))
  } catch (error) {
    throw new UnmeasuredError(
      `The file of accepted changes ${path} cannot be written: ${problemOf(error)}.`,
      {
        cause: error,
      },
    )
  }
}
