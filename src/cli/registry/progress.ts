import { isatty } from 'node:tty'

import { monotonicNow } from '../../clock.ts'
import { sizeOf } from '../../reports/library/words.ts'

/** How often a line is printed where lines cannot be overwritten, ms. */
const LOG_MS = 5000
const TERMINAL_MS = 100

/** Tells on standard error how much of a transfer is done. */
export function progressOf(verb: string): {
  start(total: number): void
  add(bytes: number): void
  end(): void
} {
  const isTerminal = isatty(2)
  let total = 0
  let done = 0
  let told = monotonicNow()
  return {
    start: (bytes) => void (total = bytes),
    add(bytes) {
      done += bytes
      if (monotonicNow() - told < (isTerminal ? TERMINAL_MS : LOG_MS)) return
      told = monotonicNow()
      const line = `${verb} ${sizeOf(done)} of ${sizeOf(total)}`
      process.stderr.write(isTerminal ? `\r\u001B[K${line}` : `${line}\n`)
    },
    end: () => void (isTerminal && done > 0 && process.stderr.write('\r\u001B[K')),
  }
}

export const say = (text: string): void => void process.stderr.write(`${text}\n`)
