import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { testBench } from '../../helpers/cassette-folder.ts'
import { proxy } from '../../../src/cli/commands/proxy.ts'
import { runHere } from '../../helpers/cli.ts'
import { fromRoot } from '../../helpers/shared.ts'
import { llmUpstream } from '../../proxy/llm-upstream.ts'

interface Started {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly mode: string
  readonly routes: readonly { readonly url: string; readonly target: string; readonly variable?: string }[]
}

interface Ended {
  readonly code: number | null
  readonly summary: {
    requests: number
    cassettes: readonly { played: number; recorded: number; misses: unknown[] }[]
  }
  readonly stderr: string
}

const ANSWER = 'Grüße aus Köln €'

describe('cassette proxy', () => {
  const bench = testBench(llmUpstream)
  let child: ChildProcess | undefined

  afterEach(() => void child?.kill('SIGKILL'))

  /** Starts the command, and gives what it prints when it listens, and what stops it. */
  async function start(args: readonly string[]): Promise<Started & { stop: () => Promise<Ended> }> {
    const started = spawn(
      process.execPath,
      [fromRoot('src/cli/main.ts'), 'proxy', '--port', '0', '--json', '--cassette', bench.path(), ...args],
      { cwd: bench.path('.'), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    child = started
    const lines: string[] = []
    const errors: string[] = []
    createInterface(started.stdout).on('line', (line) => lines.push(line))
    started.stderr.on('data', (text: Buffer) => errors.push(text.toString()))
    const ended = once(started, 'close') as Promise<[number | null]>
    await Promise.race([once(started.stdout, 'data'), ended])
    if (lines.length === 0) await Promise.race([once(started.stdout, 'data'), ended])
    if (lines[0] === undefined) throw new Error(`the proxy did not start: ${errors.join('')}`)
    return {
      ...(JSON.parse(lines[0]) as Started),
      async stop() {
        started.kill('SIGTERM')
        const [code] = await ended
        return { code, summary: JSON.parse(lines[1] ?? 'null') as Ended['summary'], stderr: errors.join('') }
      },
    }
  }

  /** Runs a program that knows only base URLs. */
  async function run(command: string, args: readonly string[], url: string): Promise<string> {
    const env = {
      PATH: process.env['PATH'],
      OPENAI_BASE_URL: `${url}/openai/v1`,
      ANTHROPIC_BASE_URL: `${url}/anthropic`,
    }
    const { stdout } = await promisify(execFile)(command, args, { env, timeout: 50_000 })
    return stdout
  }

  const sdks = async (
    url: string,
    question = 'Say hello.',
  ): Promise<{ answers: string[]; requests: number }> =>
    JSON.parse(await run(process.execPath, [fromRoot('test/proxy/programs/sdks.ts'), question], url)) as never

  const curl = (url: string): Promise<string> =>
    run(
      'curl',
      [
        '-sS',
        '-N',
        '--compressed',
        '-H',
        'content-type: application/json',
        '-d',
        BODY,
        `${url}/openai/v1/chat/completions`,
      ],
      url,
    )
  const BODY = JSON.stringify({
    model: 'gpt-5-mini',
    stream: true,
    messages: [{ role: 'user', content: 'From curl.' }],
  })

  const python = (url: string): Promise<string> => run('python3', ['-c', PYTHON], url)
  const PYTHON = [
    'import json, os, urllib.request',
    'body = json.dumps({"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "From Python."}]})',
    'url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"',
    'asked = urllib.request.Request(url, body.encode(), {"content-type": "application/json"})',
    'print(json.load(urllib.request.urlopen(asked))["content"][0]["text"])',
  ].join('\n')

  it("records and replays the SDKs of OpenAI and Anthropic, curl and Python's urllib, which know only a base URL", async () => {
    const targets = ['--target', `openai=${bench.url('')}`, `--target=/anthropic=${bench.url('')}`]
    const recording = await start(targets)
    assert.deepEqual(
      recording.routes.map(({ url }) => url),
      [`${recording.url}/openai`, `${recording.url}/anthropic`],
    )
    const live = [await sdks(recording.url), await curl(recording.url), await python(recording.url)]
    assert.deepEqual(live[0], { answers: [ANSWER, ANSWER, ANSWER, ANSWER], requests: 4 })
    assert.match(live[1] as string, /data: \[DONE\]/)
    assert.equal(live[2], `${ANSWER}\n`)
    const recorded = await recording.stop()
    assert.deepEqual(
      [recorded.code, recorded.summary.requests, recorded.summary.cassettes[0]?.recorded],
      [0, 6, 6],
    )
    assert.doesNotMatch(bench.read() ?? '', /sk-(?:ant-)?test/)
    await bench.server.close()

    const replaying = await start([...targets, '--mode', 'replay'])
    assert.equal(replaying.mode, 'none')
    assert.deepEqual(
      [await sdks(replaying.url), await curl(replaying.url), await python(replaying.url)],
      live,
    )
    const missed = await sdks(replaying.url, 'Say goodbye.')
    assert.equal(missed.requests, 4, 'an SDK tried a miss again')
    for (const answer of missed.answers)
      assert.match(answer, /^400: .*no recording answers POST .*incoming {2}"Say goodbye/s)
    const { code, summary, stderr } = await replaying.stop()
    assert.deepEqual(
      [code, summary.cassettes[0]?.played, summary.cassettes[0]?.misses.length],
      [1, 6, 4],
      stderr,
    )
  }).timeout(120_000)

  it('warns if no request came', async () => {
    const { code, stderr } = await (await start(['--target', 'anthropic'])).stop()
    assert.equal(code, 0)
    assert.match(stderr, /no request came: does the client use the URL of the proxy/)
  })

  it('refuses a wrong command line with exit code 2', async () => {
    for (const [args, message] of [
      [[], /target/i],
      [['--target', 'nobody'], /target: expected a URL/],
      [['--target', 'openai', '--port', 'x'], /--port needs a number/],
      [['--target', 'openai', '--on-miss', 'x'], /--on-miss cannot be "x"/],
      [['--target', 'openai', '--port', String(bench.server.port)], /port: expected a port that is free/],
    ] as const) {
      const { code, stderr } = await runHere(bench.path('.'), proxy, args)
      assert.deepEqual([code, message.test(stderr)], [2, true], stderr)
    }
  })
})
