import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { integersFrom } from '../helpers/random.ts'
import { runs } from '../helpers/runs.ts'
import { redactAnswer } from './helpers.ts'

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const WORDS =
  `the model key token answers with a secret garden password less weather Berlin api auth session basic bearer of good
  news monkey sketch task risk desk ask_user ek_sis hotkey keyboard turkey`.split(/\s+/)

/** Bodies of the kind that the APIs of models answer, with what looks random in them and is no credential. */
function generate(below: (limit: number) => number) {
  const text = (length: number, alphabet = BASE62): string =>
    Array.from({ length }, () => alphabet[below(alphabet.length)]).join('')
  const hex = (length: number): string => text(length, '0123456789abcdef')
  const base64 = (bytes: number): string =>
    Buffer.from(Array.from({ length: bytes }, () => below(256))).toString('base64')
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[below(WORDS.length)]).join(' ')
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  const values: (() => unknown)[] = [
    ...[
      'call_',
      'msg_',
      'msg_01',
      'resp_',
      'toolu_01',
      'chatcmpl-',
      'file-',
      'run_',
      'fp_',
      'req_',
      'thread_',
      'asst_',
    ].map((start) => () => start + text(24)),
    ...['rs_', 'fc_', 'resp_', 'batch_', 'vs_', 'ftjob-'].map((start) => () => start + hex(48)),
    () => ({ thinking: words(9), signature: base64(200) }),
    () => ({ type: 'reasoning', encrypted_content: `gAAAAAB${base64(300)}` }),
    () => ({ thoughtSignature: base64(90) }),
    () => ({ b64_json: base64(400) }),
    () => ({ url: `data:image/png;base64,${base64(250)}` }),
    () => ({ sha256: createHash('sha256').update(text(9)).digest('hex'), etag: `"${hex(32)}"` }),
    () => `sha256:${hex(64)}`,
    () => ({ commit: hex(40), tree: hex(40) }),
    () => ({ id: uuid(), trace: `00-${hex(32)}-${hex(16)}-01` }),
    () => ({ embedding: base64(256) }),
    () => ({
      content: words(30),
      token: words(1),
      top_logprobs: [{ token: ` ${words(1)}`, logprob: -below(9) }],
    }),
    () => ({
      arguments: JSON.stringify({
        key: words(1),
        code: `print('${words(2)}')`,
        path: `/${words(1)}/${text(8)}`,
      }),
    }),
    () => ({ url: `https://docs.example.com/${words(1)}?page=${below(99)}&key=${words(1)}` }),
    () => `integrity sha512-${base64(64)}`,
    () => ({ created: 1_700_000_000 + below(99_999_999), usage: { total_tokens: below(9999) } }),
    () => ({ next: `/v1/items?after=item_${text(16)}`, cursor: base64(30) }),
    () => ({ audio: { id: `audio_${hex(24)}`, data: base64(500) } }),
  ]
  return () => ({
    id: values[below(18)]?.(),
    items: Array.from({ length: 6 }, () => values[below(values.length)]?.()),
  })
}

describe('redaction of what is no credential', () => {
  it('changes at most one of a thousand generated bodies', () => {
    const make = generate(integersFrom(13))

    const count = runs(10_000)
    const changed: string[] = []
    for (let index = 0; index < count; index++) {
      const body = JSON.stringify(make())
      const redacted = redactAnswer(body)
      if (redacted !== body)
        changed.push(redacted.slice(Math.max(0, redacted.indexOf('REDACTED') - 60)).slice(0, 100))
    }
    assert.ok(
      changed.length <= count / 1000,
      `${changed.length} of ${count}:\n${changed.slice(0, 5).join('\n')}`,
    )
  }).timeout(60_000)
})
