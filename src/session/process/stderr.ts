import { writeSync } from 'node:fs'

import { MISS_EXIT_CODE } from '../../base/exit-codes.ts'
import { colorsFor } from '../../colors.ts'
import { messageIn } from './in-colors.ts'

/** Writes a line to stderr synchronously, because the process may end next. */
export function printLine(text: string): void {
  const bytes = Buffer.from(`${text}\n`)
  for (let done = 0, tries = 0; done < bytes.length && tries < 1000; tries++) {
    try {
      done += writeSync(2, bytes, done)
    } catch (error) {
      // A full pipe gives EAGAIN. Other errors mean that nobody reads stderr any more.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** Reports a failure from an `exit` listener, in which asynchronous writes are lost. */
export function reportAtExit(error: Error): void {
  const colors = colorsFor(2)
  printLine(`${colors.red(`${error.name}:`)} ${messageIn(colors, error)}`)
  process.exitCode ||= MISS_EXIT_CODE
}
