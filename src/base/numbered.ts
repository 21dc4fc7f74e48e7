/**
 * Stands for one of several hidden values, which a server gave: `REDACTED-3`, and for its second value `REDACTED-3-2`. A digest
 * (`REDACTED-134addc246b5`) is longer.
 */
const NUMBERED = /REDACTED-(\d{1,9})(?:-(\d{1,4}))?(?![0-9a-z])/g
const WHOLE = /^REDACTED-\d{1,9}(?:-\d{1,4})?$/

/** @param index which of the values of one answer, from 1 */
export const numberedStandIn = (number: number, index: number): string =>
  `REDACTED-${number}${index === 1 ? '' : `-${index}`}`

/** Whether a value is a stand-in with a number. It names one of several values, so it counts as the value would. */
export const isNumbered = (value: string): boolean => WHOLE.test(value)

/** The numbered stand-ins in a text, in order. */
export const numberedIn = (text: string): readonly string[] =>
  text.includes('REDACTED-') ? [...text.matchAll(NUMBERED)].map(([found]) => found) : NONE

const NONE: readonly string[] = []

/** The text with other stand-ins for some of those with a number. */
export const replaceNumbered = (text: string, replace: (standIn: string) => string): string =>
  text.includes('REDACTED-') ? text.replaceAll(NUMBERED, (found) => replace(found)) : text

/** The number of a stand-in, without that of its value. */
export const numberOf = (standIn: string | undefined): number | undefined =>
  standIn === undefined ? undefined : Number(/\d+/.exec(standIn)?.[0])

/** So many numbers has each cassette of a run of several processes: their stand-ins are all different. */
export const NUMBERS_EACH = 100_000

/** The highest number in a text of those that come after `from`; `from`: none. */
export const highestNumber = (text: string, from: number): number =>
  text.includes('REDACTED-')
    ? [...text.matchAll(NUMBERED)]
        .map(([, number]) => Number(number))
        .filter((number) => number > from && number < from + NUMBERS_EACH)
        .reduce((highest, number) => Math.max(highest, number), from)
    : from
