import * as fc from 'fast-check'

/** Strings that some YAML readers are known to misread, and pieces to build such strings. */
const TRICKY = [
  ' ', '  ', '\n', '\n\n', '\t', '\r', ': ', ' #', '#', '- ', '  - id: x', '    match: {key: a}', '---', '...', '|', '>', '&a', '*a', '!t', '%', '@', '`',
  '"', "'", '\\', '{', '}', '[', ']', ',', '?', '~', 'yes', 'null', 'true', '1e3', '0x1f', '.5', '-', '\u0085', '\u2028', '\ufeff', '\0', '\x1b', '\x7f',
  '\ud800', '😀', 'a word', 'Lorem ipsum dolor sit amet, consectetur', '__proto__', '1', '00', '\u00a0', '\uffff',
] // prettier-ignore

export function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.array(fc.constantFrom(...TRICKY), { maxLength: 12 }).map((parts) => parts.join('')),
    fc
      .array(fc.oneof(fc.constantFrom(...TRICKY), fc.string({ maxLength: 40 })), { maxLength: 8 })
      .map((lines) => lines.join('\n')),
  )
}

export function anyKey(): fc.Arbitrary<string> {
  return fc.oneof(
    anyText(),
    fc.constantFrom('__proto__', '1', '10', 'sse', 'match', 'body', 'request', 'x'.repeat(1200)),
  )
}

/** Any JSON value, also `-0` and extreme numbers. */
export function jsonLike(): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(
        anyText(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(anyKey(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  })).value
}
