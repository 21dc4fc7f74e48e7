import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { lint } from '../../../src/cli/commands/lint.ts'
import { scan } from '../../../src/cli/commands/scan.ts'
import { withCassette } from '../../../src/index.ts'
import type { FindingsReport } from '../../../src/reports/library/findings.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'

/** A made-up key, in parts: this file has none. */
const KEY = ['sk-proj-', 'abcdefghijklmnopqrstuvwxyz0123456789ABCD'].join('')

describe('the commands that search cassettes', () => {
  const bench = testBench((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ said: JSON.parse(request.body.toString()) as unknown }))
  })
  const folder = (): string => bench.path('cassettes')
  const file = (): string => join(folder(), 'tape.yaml')
  const read = (): string => readFileSync(file(), 'utf8')
  const ask = async (text: string): Promise<string> => {
    const body = JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: text }] })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(bench.url('/v1/chat/completions'), { method: 'POST', body, headers })).text()
  }
  const record = (...texts: string[]): Promise<void> =>
    withCassette(file(), {}, async () => {
      for (const text of texts) await ask(text)
    })
  const edit = (from: string | RegExp, to: string): void => writeFileSync(file(), read().replaceAll(from, to))
  const run = (command: typeof lint, ...args: string[]): Promise<CliEnded> =>
    runHere(join(folder(), '..'), command, args)
  const rules = async (command: typeof lint, ...args: string[]): Promise<string[]> =>
    (JSON.parse((await run(command, ...args, '--json')).stdout) as FindingsReport).findings.map(
      ({ rule }) => rule,
    )

  beforeEach(() => mkdirSync(folder(), { recursive: true }))

  describe('lint', () => {
    it('finds nothing in a fresh recording', async () => {
      await record('one', 'two')
      const ended = await run(lint)
      assert.deepEqual([ended.code, ended.stdout], [0, '1 cassette: nothing found\n'])
    })

    it('finds what is stale, incomplete, an error, or the same twice', async () => {
      await record('one', 'one')
      assert.deepEqual(await rules(lint), ['duplicate'])
      // One answer is still the same answer if it came more slowly.
      writeFileSync(file(), read().replace(/(said: .*\}\})(?:, delay_ms: \d+)?\}$/m, '$1, delay_ms: 70}'))
      assert.match(read(), /delay_ms: 70/)
      assert.deepEqual(await rules(lint), ['duplicate'])
      assert.deepEqual(await rules(lint, '--max-age', '0'), ['stale', 'stale', 'duplicate'])
      edit('status: 200', 'status: 503')
      edit(/^ {4}response:/gm, '    incomplete: true\n    response:')
      assert.deepEqual(new Set(await rules(lint)), new Set(['incomplete', 'recorded-error', 'duplicate']))
    })

    it('finds the day of the recording in a prompt, in the ways in which people write it', async () => {
      await record('the day')
      const now = new Date()
      const month = now.toLocaleString('en-US', { month: 'long', timeZone: 'UTC' })
      const day = now.getUTCDate()
      for (const text of [
        now.toISOString().slice(0, 10),
        `${month} ${day}, ${now.getUTCFullYear()}`,
        `${day} ${month.slice(0, 3)} ${now.getUTCFullYear()}`,
      ]) {
        edit(/content: [^}]*(?=\})/g, `content: 'It is ${text}.'`)
        assert.ok((await rules(lint)).includes('volatile-text'), text)
      }
      edit(/content: [^}]*(?=\})/g, "content: 'It is 1999-01-01.'")
      assert.ok(!(await rules(lint)).includes('volatile-text'))
    })

    it('exits with 1 for a warning if it is strict', async () => {
      await record('one')
      assert.equal((await run(lint, '--max-age', '0')).code, 0)
      assert.equal((await run(lint, '--max-age', '0', '--strict')).code, 1)
    })

    it('restores layout and keys with --fix, byte for byte', async () => {
      await record('one', 'two')
      const before = read()
      edit(/^ {4}match: .*\n/gm, '')
      edit('method: POST', 'method: "POST"')
      assert.deepEqual(new Set(await rules(lint)), new Set(['no-key', 'reformatted']))
      assert.deepEqual(await rules(lint, '--fix'), [])
      assert.equal(read(), before)
    })
  })

  describe('scan', () => {
    it('finds nothing in a fresh recording', async () => {
      await record(`my key is ${KEY}`)
      assert.ok(!read().includes(KEY))
      const ended = await run(scan)
      assert.deepEqual([ended.code, ended.stdout], [0, '1 cassette: nothing found\n'])
    })

    it('finds a secret with its place and never prints it, in every format', async () => {
      await record('one', 'my key is REDACTED')
      edit('my key is REDACTED', `my key is ${KEY}`)
      const line = read().slice(0, read().indexOf(KEY)).split('\n').length
      const plain = await run(scan)
      assert.equal(plain.code, 1)
      const found =
        /^cassettes\/tape\.yaml:(\d+): secret: a secret .* in request\.body\.json\.messages\[0\]\.content/m
      const at = Number(found.exec(plain.stdout)?.[1])
      assert.ok(at <= line && at > line - 12, plain.stdout)
      for (const format of ['terminal', 'github', 'json', 'sarif']) {
        const { code, stdout } = await run(scan, '--format', format)
        assert.equal(code, 1)
        assert.match(stdout, /a secret/)
        assert.ok(!stdout.includes(KEY), format)
      }
      assert.match(
        (await run(scan, '--format', 'github')).stdout,
        /^::error file=cassettes\/tape\.yaml,line=\d+,title=secret::/m,
      )
      assert.equal((await run(scan, '--format', 'html')).code, 2)
    })

    it('redacts in place with --fix: the file is as if it had been redacted, and replays', async () => {
      await record(`my key is ${KEY}`)
      const before = read()
      edit('REDACTED', KEY)
      assert.equal((await run(scan, '--fix')).code, 0)
      assert.equal(read(), before)
      await bench.server.close()
      await withCassette(file(), { mode: 'none' }, () => ask(`my key is ${KEY}`))
    })
  })
})
