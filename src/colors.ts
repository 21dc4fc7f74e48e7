import { isatty } from 'node:tty'

import picocolors from 'picocolors'

/**
 * Whether output gets colours. `NO_COLOR` (any text) turns them off and wins; `FORCE_COLOR` (any text but `0` and `false`)
 * turns them on; otherwise a terminal gets them, unless its `TERM` is `dumb`.
 * @see https://no-color.org and https://force-color.org
 */
export function wantsColors(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTerminal && TERM !== 'dumb'
}

/** The colours of a report. Without colours, each function returns its text as it is. */
export type Colors = ReturnType<typeof picocolors.createColors>

/**
 * The colours for what this process writes to a file descriptor: 1 is stdout, 2 is stderr.
 * @remarks `isatty` and not `process.stderr`: asking for the stream would open it in a program that never uses it.
 */
export const colorsFor = (fd: 1 | 2): Colors => picocolors.createColors(wantsColors(process.env, isatty(fd)))

/** The colours for a caller that says by itself whether it shows them, as `util.inspect` does. `NO_COLOR` still wins. */
export const colorsIf = (wanted: boolean): Colors =>
  picocolors.createColors(wanted && !process.env['NO_COLOR'])
