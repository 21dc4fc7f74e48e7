import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import OpenAI from 'openai'

import { importOne } from '../../src/cli/import-run.ts'
import { withCassette } from '../../src/index.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { ask, freePort } from '../proxy/ask.ts'
import { llmUpstream } from '../proxy/llm-upstream.ts'

const SYSTEM_PYTHON = '/usr/bin/python3'
const ANSWER = 'Grüße aus Köln €'

const VCR = `
import json, sys, urllib.request, vcr
base, out = sys.argv[1:]
with vcr.VCR().use_cassette(out):
    for stream in (False, True):
        body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hi"}]}
        if stream: body["stream"] = True
        asked = urllib.request.Request(base + "/v1/chat/completions", json.dumps(body).encode(), {"content-type": "application/json"})
        urllib.request.urlopen(asked).read()
`

const runs = (command: string, args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 60_000 })
    return true
  } catch {
    return false
  }
}

describe('files that other tools write now', () => {
  let server: TestServer
  let folder: ReturnType<typeof tempFolder>

  beforeEach(async () => {
    folder = tempFolder()
    server = await startServer(llmUpstream)
  })
  afterEach(async () => {
    folder.remove()
    await server.close()
  })

  /** Imports a file, and lets OpenAI's SDK replay it without the server. */
  async function replayed(path: string): Promise<string[]> {
    const out = join(folder.path, 'out.yaml')
    const { file, problem } = await importOne({ path, out }, undefined)
    assert.deepEqual([file?.interactions, file?.lost, problem], [2, [], undefined])
    await server.close()
    const openai = new OpenAI({ apiKey: 'sk-test', baseURL: `${server.url}/v1` })
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    return withCassette(out, { mode: 'none' }, async () => {
      const whole = await openai.chat.completions.create({ model: 'gpt-5-mini', messages })
      const stream = await openai.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true })
      let text = ''
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
      return [whole.choices[0]?.message.content ?? '', text]
    })
  }

  it("replays what Debian's python3-vcr writes", async function () {
    if (!existsSync(SYSTEM_PYTHON) || !runs(SYSTEM_PYTHON, ['-c', 'import vcr'])) this.skip()
    this.timeout(60_000)
    const path = join(folder.path, 'vcr.yaml')
    await promisify(execFile)(SYSTEM_PYTHON, ['-c', VCR, server.url, path])
    assert.deepEqual(await replayed(path), [ANSWER, ANSWER])
  })

  it("replays what Debian's mitmproxy writes", async function () {
    if (!runs('mitmdump', ['--version'])) this.skip()
    this.timeout(120_000)
    const path = join(folder.path, 'flows')
    const port = await freePort()
    const args = [
      '--mode',
      `reverse:${server.url}`,
      '--listen-host',
      '127.0.0.1',
      '-p',
      String(port),
      '-w',
      path,
    ]
    const child = spawn('mitmdump', ['--set', `confdir=${folder.path}`, ...args], { stdio: 'ignore' })
    try {
      const chat = (more: object): string =>
        JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hi' }], ...more })
      const headers = { 'content-type': 'application/json' }
      for (const more of [{}, { stream: true }]) {
        const url = `http://127.0.0.1:${port}/v1/chat/completions`
        // It takes seconds to listen.
        for (let done = false; !done;) {
          done = await ask(url, { method: 'POST', headers }, chat(more)).then(
            () => true,
            () => sleep(100, child.exitCode !== null),
          )
        }
      }
      child.kill('SIGTERM')
      await once(child, 'close')
      assert.ok(statSync(path).size > 0)
      assert.deepEqual(await replayed(path), [ANSWER, ANSWER])
    } finally {
      child.kill('SIGKILL')
    }
  })
})
