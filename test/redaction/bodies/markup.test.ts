import assert from 'node:assert/strict'

import { compileRules } from '../../../src/redaction/options.ts'
import { byteTextOf } from '../../../src/redaction/byte-text.ts'
import { editText } from '../../../src/redaction/edits.ts'
import { markupEdits } from '../../../src/redaction/bodies/markup.ts'

const RANDOM = '6832b608e91cccedecc91c16a89ea194'

describe('XML and HTML', () => {
  const redacted = (markup: string, keep: readonly string[] = []): string => {
    const text = byteTextOf(Buffer.from(markup))
    return Buffer.from(editText(text, markupEdits(text, compileRules({ keep }))), 'latin1').toString()
  }

  for (const [from, to] of [
    [
      '<r><SecretAccessKey>abc/def</SecretAccessKey></r>',
      '<r><SecretAccessKey>REDACTED</SecretAccessKey></r>',
    ],
    [
      '<c xmlns="x"><a:password t="1"> pä&amp;ss </a:password></c>',
      '<c xmlns="x"><a:password t="1"> REDACTED </a:password></c>',
    ],
    [
      `<r><Token>${RANDOM}</Token><Token>none</Token></r>`,
      '<r><Token>REDACTED</Token><Token>none</Token></r>',
    ],
    [
      `<form><input type="hidden" name="csrfmiddlewaretoken" value="${RANDOM}"></form>`,
      '<form><input type="hidden" name="csrfmiddlewaretoken" value="REDACTED"></form>',
    ],
    [`<meta content='${RANDOM}' name='csrf-token'>`, "<meta content='REDACTED' name='csrf-token'>"],
  ] as const)
    it(`lose what its name makes a secret: ${from.slice(0, 40)}`, () => {
      assert.equal(redacted(from), to)
      assert.equal(redacted(to), to)
    })

  it('keep the rest, and what redact.keep names', () => {
    for (const text of [
      '<a><name>password</name><code>DE</code><password/><password></password></a>',
      `<input name="q" value="${RANDOM}">`,
      `say <password>secret1</password>`,
    ])
      assert.equal(redacted(text), text)
    const kept = '<password>secret1</password>'
    assert.equal(redacted(kept, ['password']), kept)
  })
})
