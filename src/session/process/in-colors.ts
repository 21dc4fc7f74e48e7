import { inspect, type InspectOptionsStylized } from 'node:util'

import { colorsIf } from '../../colors.ts'
import { type CassetteError, withPage } from '../../errors/cassette-error.ts'
import type { Palette } from '../../reports/miss.ts'

const renderings = new WeakMap<Error, (palette: Palette) => string>()

/**
 * Makes `console.log`, test runners and {@link messageIn} print an error in colour, without a dump of its fields. Its `message`
 * has no escape codes, because it also goes into files and logs.
 */
export function inColors<E extends CassetteError>(error: E, render: (palette: Palette) => string): E {
  const message = (palette: Palette): string => withPage(error.code, render(palette))
  renderings.set(error, message)
  const custom = (_depth: number, { colors }: InspectOptionsStylized): string =>
    `${error.name}: ${message(colorsIf(colors === true))}`
  return Object.defineProperty(error, inspect.custom, { value: custom })
}

/** The message of an error, in the colours of `palette` if the error has a coloured form. */
export const messageIn = (palette: Palette, error: Error): string =>
  renderings.get(error)?.(palette) ?? error.message
