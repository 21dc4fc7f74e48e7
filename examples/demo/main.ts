// Shows cassette in one run: records real SDK calls, replays them without the provider, and misses after a change.
// In your own project, import from 'cassette'.
import OpenAI from 'openai'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { colorsFor } from '../../src/colors.ts'
import { CassetteMiss, withCassette } from '../../src/index.ts'
import { API_KEY, bestCapital, travelAssistant } from './assistant.ts'
import { duration, heading, note, quote, writeToken } from './terminal.ts'
import { startProvider } from './upstream.ts'

const pc = colorsFor(1)

interface Timed {
  readonly text: string
  readonly ms: number
}

// git ignores this folder, so a run does not change the checkout.
const path = fileURLToPath(new URL('../../.cassette-tmp/demo/travel.yaml', import.meta.url))
const shownPath = relative(process.cwd(), path)
mkdirSync(dirname(path), { recursive: true })
// This variable would override the modes that the demo sets.
delete process.env['CASSETTE_MODE']

const provider = await startProvider()
const conversations = travelAssistant(provider.url)
console.log(`\n ${pc.bold('cassette')}: record every HTTP call once, replay it for ever after.`)
note(`A provider on ${provider.url} plays OpenAI and Anthropic. No key, no internet.`)

heading(1, 'Record', 'real SDKs, real HTTP; a stream is passed on as it arrives')
const live = await withCassette(path, { mode: 'all' }, () => runAll(true))

heading(2, 'Stop the provider and replay', 'same program, no network')
await provider.stop()
const replayed = await withCassette(path, { mode: 'none' }, () => runAll(false))
console.log(`    ${pc.dim(''.padEnd(36) + 'live'.padStart(8) + 'replay'.padStart(12))}`)
for (const [index, { client, what }] of conversations.entries()) {
  const [before, now] = [live[index]!, replayed[index]!]
  const same = before.text === now.text ? pc.green('same answer') : pc.red('ANOTHER ANSWER')
  console.log(
    `    ${client.padEnd(10)}${what.padEnd(26)}${duration(before.ms)}    ${pc.green(duration(now.ms))}   ${same}`,
  )
}
const [slow, fast] = [total(live), total(replayed)]
console.log(`    ${pc.bold('all'.padEnd(36))}${duration(slow)}    ${pc.green(duration(fast))}`)

const file = readFileSync(path, 'utf8')
const lines = file.trimEnd().split('\n')
heading(3, 'The cassette', `${shownPath}: ${lines.length} lines of YAML to read, review and commit`)
quote([...lines.slice(0, 24), pc.dim(`… ${lines.length - 24} more`)])
const leaks = file.split(API_KEY).length - 1
note(`The API key that the SDKs sent stands in it ${leaks} times.`)

heading(4, 'Change one word of the prompt', '"sunset" becomes "sunrise"')
const openai = new OpenAI({ apiKey: API_KEY, baseURL: `${provider.url}/v1` })
const missed = await timed(() =>
  withCassette(path, { mode: 'none' }, () => bestCapital(openai, 'sunrise')).then(
    () => 'no miss',
    (error: unknown) => {
      if (error instanceof CassetteMiss) return inspect(error, { colors: pc.isColorSupported })
      throw error
    },
  ),
)
quote(missed.text.split('\n'))
note(`Reported after ${duration(missed.ms).trim()}, without the SDK's retries. No request was sent.`)

const ok =
  leaks === 0 && missed.text !== 'no miss' && live.every(({ text: said }, n) => said === replayed[n]!.text)
console.log(`\n ${ok ? pc.green('✓') : pc.red('✗')} Next: the quick start in README.md\n`)
process.exitCode = ok ? 0 : 1

async function runAll(show: boolean): Promise<Timed[]> {
  const results: Timed[] = []
  for (const { client, what, run } of conversations) {
    if (show) process.stdout.write(`    ${client.padEnd(10)}${what}\n      `)
    let streamed = false
    const result = await timed(() =>
      run((token) => {
        streamed = true
        if (show) writeToken(token)
      }),
    )
    if (show && !streamed) writeToken(result.text)
    if (show) console.log(pc.dim(`  ${duration(result.ms).trim()}`))
    results.push(result)
  }
  return results
}

async function timed(run: () => Promise<string>): Promise<Timed> {
  const start = performance.now()
  const text = await run()
  return { text, ms: performance.now() - start }
}

function total(results: readonly Timed[]): number {
  return results.reduce((sum, { ms }) => sum + ms, 0)
}
