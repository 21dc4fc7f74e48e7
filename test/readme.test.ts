import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

import { readPages } from '../scripts/docs/pages.ts'
import { lint } from '../src/cli/commands/lint.ts'
import { show } from '../src/cli/commands/show.ts'
import { stats } from '../src/cli/commands/stats.ts'
import { runHere } from './helpers/cli.ts'
import { fromRoot } from './helpers/shared.ts'
import { useFolder } from './storage/helpers.ts'

const README = readFileSync(fromRoot('README.md'), 'utf8')

interface Snippet {
  readonly page: string
  readonly code: string
  /** What the program prints; `undefined`: the page does not say that it runs. */
  readonly prints: string | undefined
}

/** TypeScript behind a comment that says what it prints: `<!-- runs: Paris. -->`. */
const SNIPPETS: readonly Snippet[] = [...readPages()].flatMap(([page, text]) =>
  [...text.matchAll(/(?:<!-- runs: (.*?) -->\n)?```ts\n([^]*?)```/g)].map(([, prints, code = '']) => ({
    page,
    code,
    prints,
  })),
)

/** Runs a snippet from source, as its own program in the repository's root. */
function run(snippet: string, name: string, env: Record<string, string>): { stdout: string; stderr: string } {
  const file = fromRoot(`readme-${name}.${process.pid}.ts`)
  const source = snippet
    .replaceAll("'cassette/matching'", "'./src/matching.ts'")
    .replaceAll("'cassette/drift'", "'./src/drift.ts'")
    .replaceAll("'cassette/fetch'", "'./src/fetch.ts'")
    .replaceAll("'cassette/proxy'", "'./src/proxy.ts'")
    .replaceAll("'cassette'", "'./src/index.ts'")
  writeFileSync(file, source)
  try {
    const { PATH = '', NODE_OPTIONS = '', TEST_BUILD = '' } = process.env
    return spawnSync(process.execPath, [file], {
      cwd: fromRoot('.'),
      env: { PATH, NODE_OPTIONS, TEST_BUILD, ...env },
      encoding: 'utf8',
      timeout: 50_000,
    })
  } finally {
    rmSync(file)
  }
}

describe('README', () => {
  const quickStart = SNIPPETS.find(({ page }) => page === 'README.md')?.code ?? ''

  it('the quick start replays the committed cassette, with no key and no network', () => {
    const { stdout, stderr } = run(quickStart, 'quick-start', { CI: 'true' })
    assert.equal(stdout, 'Paris.\n', stderr)
  })

  for (const page of ['README.md', 'docs/misses-and-rebase.md'])
    it(`the quick start misses as ${page} prints it`, () => {
      const { stderr } = run(quickStart.replace("'France'", "'Spain'"), 'miss', {})
      const printed = /```\n(CassetteMiss: [^]*?)```/.exec(readPages().get(page) ?? '')?.[1] ?? ''
      assert.notEqual(printed, '')
      assert.ok(stderr.includes(printed.trim()), stderr)
    })

  it('shows show, stats and lint as they print', async () => {
    const [, transcript = ''] =
      /<!-- printed by the commands, and checked -->\n```\n([^]*?)\n```/.exec(README) ?? []
    const said = transcript.split(/(?:^|\n\n)\$ npx cassette /).slice(1)
    assert.deepEqual(
      said.map((text) => text.split(' ', 1)[0]),
      ['show', 'stats', 'lint'],
    )
    for (const [at, command] of [show, stats, lint].entries()) {
      const [line = '', ...lines] = (said[at] ?? '').split('\n')
      const { stdout } = await runHere(fromRoot('.'), command, line.split(' ').slice(1))
      assert.equal(stripVTControlCharacters(stdout).trimEnd(), lines.join('\n'))
    }
  })

  it('is not longer than its quick start promises: 20 lines', () => {
    assert.ok(quickStart.trim().split('\n').length <= 20)
  })

  it('is short: 9 KB, and DESIGN.md 8 KB', () => {
    assert.ok(README.length <= 9000, String(README.length))
    assert.ok(readFileSync(fromRoot('DESIGN.md'), 'utf8').length <= 8000)
  })
})

describe('the pages of the documentation', () => {
  const at = useFolder()

  for (const [index, { page, code, prints }] of SNIPPETS.entries()) {
    if (prints === undefined) continue
    it(`${page}: the program that prints "${prints}" prints it`, () => {
      const { stdout, stderr } = run(code, `page-${index}`, { CI: '', FOLDER: at() })
      assert.equal(stdout, `${prints}\n`, stderr)
    })
  }

  it('say of each program that imports cassette what it prints', () => {
    const silent = SNIPPETS.filter(({ code, prints }) => /from 'cassette/.test(code) && prints === undefined)
    assert.deepEqual(
      silent.map(({ page, code }) => `${page}: ${code.split('\n', 1)[0]}`),
      [],
    )
  })
})
