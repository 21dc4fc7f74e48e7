// Runs the test suite of a foreign package in a plain process, in a patched process without a cassette (`idle`), and in one that
// records; prints the tests that fail only under the patches.
//   npm run suites -- DIR [--setting idle,recording] [--only TEXT] [--jobs N] [--limit SECONDS] [--node PROGRAM] [--json FILE]
// DIR is a checkout with its dependencies installed: undici, ws, got, axios, node-fetch, superagent, openai, grpc-node or Node.
// Exits with 1 if a test fails that is not in the reviewed list.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { failsHere, type NewFailure, reasonFor } from './suites/compare.ts'
import { KNOWN } from './suites/known.ts'
import { render } from './suites/render.ts'
import { type Outcome, type Place, runFile, type Setting, writePreload } from './suites/run-file.ts'
import { filesOf, suiteIn } from './suites/suites.ts'

/** So often must a test fail before it counts: under load, tests of time fail by chance. */
const ATTEMPTS = 3

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    setting: { type: 'string', default: 'idle,recording' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '120' },
    node: { type: 'string', default: process.execPath },
    json: { type: 'string' },
    library: { type: 'string', default: join(import.meta.dirname, '../dist/index.js') },
  },
})
const directory = resolve(positionals[0] ?? '.')
const suite = suiteIn(directory)
const folder = join(directory, suite.folder ?? '')
const cassettes = mkdtempSync(join(tmpdir(), 'cassette-suites-'))
const place: Place = {
  suite,
  folder,
  cassettes,
  node: values.node,
  preload: writePreload(cassettes),
  limitMs: Number(values.limit) * 1000,
  library: resolve(values.library),
}
const settings = values.setting.split(',') as Setting[]
const files = filesOf(suite, folder).filter((file) => file.includes(values.only))
if (files.length === 0) throw new Error(`${folder} has no test file with "${values.only}" in its name`)
if (!existsSync(values.library))
  throw new Error(`${values.library} does not exist: write it with \`npm run build\``)

const failures: NewFailure[] = []
const counts = { passed: 0, all: 0 }

/** The tests that pass plain and fail in `setting` in each of several runs. */
async function newIn(setting: Setting, file: string, plain: Outcome, slot: number): Promise<string[]> {
  let titles: string[] | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { outcome, output } = await runFile(file, setting, place, slot)
    const fresh = failsHere(plain, outcome)
    titles = titles?.filter((title) => fresh.includes(title)) ?? fresh
    if (titles.length === 0) break
    if (values.json) writeFileSync(`${values.json}.${setting}.${file.replaceAll('/', '_')}.log`, output)
  }
  return titles ?? []
}

async function check(file: string, slot: number): Promise<void> {
  const plain = (await runFile(file, 'plain', place, slot)).outcome
  for (const passed of plain.values()) {
    counts.all++
    if (passed) counts.passed++
  }
  for (const setting of settings)
    for (const title of await newIn(setting, file, plain, slot)) {
      const failure = { setting, file, title }
      const reason = reasonFor(KNOWN[suite.name] ?? [], failure)
      failures.push(reason === undefined ? failure : { ...failure, reason })
      process.stderr.write(`${setting}: ${file}: ${title}\n`)
    }
}

const waiting = [...files]
async function work(slot: number): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await check(file, slot)
}
await Promise.all(Array.from({ length: Number(values.jobs) }, (_, slot) => work(slot)))
rmSync(cassettes, { recursive: true, force: true })
failures.sort((a, b) => a.file.localeCompare(b.file))
const report = { suite: suite.name, files: files.length, plain: counts, settings, failures }
if (values.json) writeFileSync(values.json, JSON.stringify(report, null, 2))
process.stdout.write(`${render(report)}\n`)
process.exitCode = failures.some(({ reason }) => reason === undefined) ? 1 : 0
