import { writeSync } from 'node:fs'

import { MISS_EXIT_CODE } from '../../base/exit-codes.ts'
import { colorsFor } from '../../colors.ts'
import { messageIn } from './in-colors.ts'

/** Writes a line to stderr before it returns: what follows may be the end of the process. */
export function printLine(text: string): void {
  const bytes = Buffer.from(`${text}\n`)
  for (let done = 0, tries = 0; done < bytes.length && tries < 1000; tries++) {
    try {
      done += writeSync(2, bytes, done)
    } catch (error) {
      // A pipe that is full says EAGAIN; one that is closed has no reader left to tell.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** Tells a failure from an `exit` listener, where nothing asynchronous is written any more. */
export function reportAtExit(error: Error): void {
  const colors = colorsFor(2)
  printLine(`${colors.red(`${error.name}:`)} ${messageIn(colors, error)}`)
  process.exitCode ||= MISS_EXIT_CODE
}
