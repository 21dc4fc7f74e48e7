/** Characters that would move or colour a terminal, or reverse its text: C1 controls, delete, bidirectional overrides. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** As JSON, on one line, with nothing in it that acts on a terminal. */
export const safeJson = (value: unknown): string =>
  (JSON.stringify(value) ?? typeof value).replaceAll(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** East Asian wide and fullwidth (UAX 11) and emoji take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u

/** Columns these characters (grapheme clusters) take. */
export const widthOf = (characters: readonly string[]): number =>
  characters.reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0)
