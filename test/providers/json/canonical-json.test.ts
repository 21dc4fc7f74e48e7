import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { canonicalJson } from '../../../src/providers/json/canonical-json.ts'
import { parseJson } from '../../../src/providers/json/json.ts'

describe('canonical JSON (RFC 8785)', () => {
  it("writes the numbers of the RFC's appendix B", () => {
    const view = new DataView(new ArrayBuffer(8))
    const samples = {
      '0000000000000000': '0',
      '8000000000000000': '0',
      '0000000000000001': '5e-324',
      '8000000000000001': '-5e-324',
      '7fefffffffffffff': '1.7976931348623157e+308',
      '4340000000000000': '9007199254740992',
      '44b52d02c7e14af5': '9.999999999999997e+22',
      '44b52d02c7e14af6': '1e+23',
      '444b1ae4d6e2ef4e': '999999999999999700000',
      '444b1ae4d6e2ef50': '1e+21',
      '3eb0c6f7a0b5ed8d': '0.000001',
      '3eb0c6f7a0b5ed8c': '9.999999999999997e-7',
      '41b3de4355555553': '333333333.3333332',
      becbf647612f3696: '-0.0000033333333333333333',
    }
    for (const [hex, text] of Object.entries(samples)) {
      view.setBigUint64(0, BigInt(`0x${hex}`))
      assert.equal(canonicalJson(view.getFloat64(0)), text, hex)
    }
  })

  it('sorts keys by UTF-16 code units and escapes as the RFC shows', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew',
      '1': 'One',
      '\ud83d\ude00': 'Emoji',
      '\u0080': 'Control',
      '\u00f6': 'o',
    }
    assert.deepEqual(Object.keys(JSON.parse(canonicalJson(value)) as object).slice(1), [
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ])
    assert.equal(
      canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/\u2028'),
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u2028"',
    )
  })

  it('writes one text for one value, and that text parses to the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = parseJson(text)?.value
        const canonical = canonicalJson(value)
        assert.deepEqual(parseJson(canonical)?.value, value)
        assert.equal(canonicalJson(parseJson(canonical)?.value), canonical)
      }),
    )
  })

  it('omits undefined, and keeps digits and lone surrogates', () => {
    assert.equal(canonicalJson({ b: undefined, a: [undefined] }), '{"a":[null]}')
    assert.equal(canonicalJson(parseJson('[9007199254740993,1e400]')?.value), '[9007199254740993,1e400]')
    assert.equal(canonicalJson('\ud800'), '"\\ud800"')
  })
})
