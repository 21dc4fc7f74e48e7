import { inspect, type InspectOptionsStylized } from 'node:util'

import { colorsIf } from '../../colors.ts'
import { type CassetteError, withPage } from '../../errors/cassette-error.ts'
import type { Palette } from '../../reports/miss.ts'

const renderings = new WeakMap<Error, (palette: Palette) => string>()

/**
 * Lets `console.log`, test runners and {@link messageIn} print an error in colour, and without a dump of its fields. Its
 * `message` stays without escape codes: it also goes into files and logs.
 */
export function inColors<E extends CassetteError>(error: E, render: (palette: Palette) => string): E {
  const message = (palette: Palette): string => withPage(error.code, render(palette))
  renderings.set(error, message)
  const custom = (_depth: number, { colors }: InspectOptionsStylized): string =>
    `${error.name}: ${message(colorsIf(colors === true))}`
  return Object.defineProperty(error, inspect.custom, { value: custom })
}

/** The message of an error, in these colours if it has any. */
export const messageIn = (palette: Palette, error: Error): string =>
  renderings.get(error)?.(palette) ?? error.message
