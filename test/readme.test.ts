import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

import { fromRoot } from './helpers/shared.ts'

const README = readFileSync(fromRoot('README.md'), 'utf8')

/** Runs a snippet from source, as its own program in the repository's root. */
function run(snippet: string, name: string, env: Record<string, string>): { stdout: string; stderr: string } {
  const file = fromRoot(`readme-${name}.${process.pid}.ts`)
  const source = snippet
    .replaceAll("'cassette/matching'", "'./src/matching.ts'")
    .replaceAll("'cassette'", "'./src/index.ts'")
  writeFileSync(file, source)
  try {
    const { PATH = '' } = process.env
    return spawnSync(process.execPath, [file], {
      cwd: fromRoot('.'),
      env: { PATH, ...env },
      encoding: 'utf8',
      timeout: 30_000,
    })
  } finally {
    rmSync(file)
  }
}

describe('README', () => {
  const snippets = [...README.matchAll(/<!-- runs -->\n```ts\n([^]*?)```/g)].map(([, code]) => code ?? '')
  const [quickStart = '', provider = ''] = snippets

  it('the quick start replays the committed cassette, with no key and no network', () => {
    const { stdout, stderr } = run(quickStart, 'quick-start', { CI: 'true' })
    assert.equal(stdout, 'Paris.\n', stderr)
  })

  it('the quick start misses as the README prints it', () => {
    const { stderr } = run(quickStart.replace("'France'", "'Spain'"), 'miss', {})
    const printed = /```\n(CassetteMiss: [^]*?)```/.exec(README)?.[1] ?? ''
    assert.notEqual(printed, '')
    assert.ok(stderr.includes(printed.trim()), stderr)
  })

  it('an in-house provider is registered as shown', () => {
    const { stdout, stderr } = run(provider, 'provider', {})
    assert.equal(stdout, 'true\n', stderr)
  })

  it('is not longer than its quick start promises: 20 lines', () => {
    assert.ok(quickStart.trim().split('\n').length <= 20)
  })
})
