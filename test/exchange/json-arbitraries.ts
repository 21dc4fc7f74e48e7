import * as fc from 'fast-check'

const ODD = [
  '1.0', '1e3', '1E3', '-0', '0.10', '12345678901234567890', '1e400', '{"a":1,"a":2}', '{"2":1,"1":2}', '{"1":1,"a":2}',
  '"\\ud800"', '"\\uDE00x"', '"\\u0041"', '"\\u00E9"', '"\\/"', '"\\u2028"', '"\\u001F"', '{"__proto__":{"a":1}}', '[1 ,2]', '{ "a":1}',
  '{"a" : 1}', '[ ]', '{\n}', '"\u007f\u0080\u2028\uFEFF\uFFFF"', '01', '{"a":1', '// c', 'NaN', '1 ', '{"<<":1,"":2,"a: b":3}',
] // prettier-ignore

/** JSON texts as serializers write them: compact, indented, with spaces, with various escapes. */
export function jsonText(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(0, 1, 2, 4, '\t', ' \t'))
    .chain(([value, indent]) => {
      const text = JSON.stringify(value, null, indent)
      return fc.constantFrom(
        text,
        `${text}\n`,
        text.replaceAll(/[\u0080-\uFFFF]/g, escape),
        text.replaceAll(/[<>&]/g, escape),
        text.replaceAll(':', ': '),
      )
    })
}

/** JSON texts that a value cannot express, and texts that are nearly JSON. */
export function oddJsonText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...ODD),
    fc.array(fc.constantFrom(...ODD), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.constantFrom(...ODD), { maxLength: 4 }).map((items) => `[\n  ${items.join(',\n  ')}\n]`),
    fc
      .tuple(fc.constantFrom(' ', '\n', '\r\n', '\t'), fc.constantFrom(...ODD))
      .map(([space, text]) => space + text + space),
  )
}

export function bytesOf(text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  return text.map((value) => Buffer.from(value))
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
