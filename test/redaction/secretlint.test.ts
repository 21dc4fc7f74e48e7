import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'

import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'

import { fromRoot } from '../helpers/shared.ts'
import { redactorOf } from './helpers.ts'
import { CONTEXTS, CREDENTIALS, PLACES, writtenOf } from './leak-table.ts'

/** What a scanner that is not ours finds. */
async function foundIn(content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { content, filePath: 'cassette.yaml', ext: '.yaml', contentType: 'text' },
    options: { config: { rules: [{ id: 'recommended', rule: creator }] } },
  })
  return messages.map(({ message }) => message)
}

describe('the scanner secretlint', () => {
  const plain = [...CREDENTIALS.map(({ value }) => value), ...CONTEXTS.map(({ text }) => text)]

  it('finds credentials of the table as they are, and none after redaction', async () => {
    assert.ok((await foundIn(plain.join('\n\n'))).length >= 30)
    const redactor = redactorOf(undefined, {})
    const write = PLACES['JSON, a member']
    assert.ok(write)
    const redacted = plain.map((text) => writtenOf(redactor.exchange(write(text))))
    assert.deepEqual(await foundIn(redacted.join('\n\n')), [])
  }).timeout(20_000)

  it('finds none in the cassettes of the repository', async () => {
    const files = globSync('{test/fixtures,examples}/**/*.{yaml,yml}', { cwd: fromRoot('.') })
    assert.ok(files.length > 0)
    for (const file of files) assert.deepEqual(await foundIn(readFileSync(fromRoot(file), 'utf8')), [], file)
  }).timeout(20_000)
})
