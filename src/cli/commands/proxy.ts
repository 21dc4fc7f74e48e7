import { defineCommand } from 'citty'

import { toError } from '../../base/to-error.ts'
import { type Colors, colorsFor } from '../../colors.ts'
import { CassetteMiss } from '../../errors/cassette-miss.ts'
import type { CassetteProxy, CassetteSummary, ProxyOptions } from '../../proxy/start.ts'
import { withExamples } from '../command.ts'
import { EXIT } from '../result.ts'
import { repeated, UsageError } from '../usage.ts'

const DEFAULT_CASSETTE = 'cassettes/proxy.yaml'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export const proxy = withExamples(
  [
    'proxy --target anthropic --port 8000',
    'proxy --target openai --target /search=https://search.example.com --mode replay',
    'proxy --target h2c://127.0.0.1:50051 --cassette cassettes/greeter.yaml',
  ],
  defineCommand({
    meta: {
      name: 'proxy',
      description:
        'Runs a reverse proxy until it is stopped, then writes the cassette. A program in any language uses its URL as the base URL ' +
        'of the API. It forwards only to its targets. The exit code is 1 if a request had no recording.',
    },
    args: {
      target: {
        type: 'string',
        valueHint: 'TARGET',
        required: true,
        description:
          'a URL, PATH=URL, h2c://HOST:PORT, or a known client (openai, anthropic, gemini, groq, cohere, mistral, ollama); may be given several times',
      },
      port: { type: 'string', valueHint: 'N', description: 'the port (default: 8000); 0 for any' },
      host: {
        type: 'string',
        valueHint: 'ADDRESS',
        description: 'the address to listen on (default: 127.0.0.1, which only this machine reaches)',
      },
      cassette: {
        type: 'string',
        valueHint: 'FILE',
        description: `the cassette (default: ${DEFAULT_CASSETTE})`,
      },
      mode: { type: 'string', valueHint: 'MODE', description: 'record, replay, auto, or once (default)' },
      'on-miss': {
        type: 'string',
        valueHint: 'ACTION',
        description: 'error (default), or passthrough: ask the server and do not record',
      },
      json: {
        type: 'boolean',
        description: 'print a line of JSON when it listens, and one when it has stopped',
      },
    },
    async run({ rawArgs, args }): Promise<number> {
      // What is typed now wins over what was set before.
      if (args.mode !== undefined) delete process.env['CASSETTE_MODE']
      const colors = colorsFor(1)
      // Loaded here: `--help` needs none of it.
      const { startProxy } = await import('../../proxy/start.ts')
      const running = await startProxy({
        target: repeated(rawArgs, '--target'),
        cassette: args.cassette ?? DEFAULT_CASSETTE,
        port: portOf(args.port),
        ...onMissOf(args['on-miss']),
        ...(args.host !== undefined && { host: args.host }),
        ...(args.mode !== undefined && { mode: args.mode as NonNullable<ProxyOptions['mode']> }),
      })
      // Before it says that it listens: who reads that may stop it at once.
      const stop = stopped()
      say(args.json ? JSON.stringify(started(running)) : welcome(running, colors))
      await stop
      const problem = await running.close().then(() => undefined, toError)
      const { requests, cassettes } = running
      say(args.json ? JSON.stringify({ requests, cassettes }) : farewell(cassettes))
      if (requests === 0) complain(NOTHING)
      if (problem !== undefined && !(problem instanceof CassetteMiss)) throw problem
      return cassettes.some(({ misses }) => misses.length > 0) ? EXIT.found : EXIT.fine
    },
  }),
)

const NOTHING = 'no request came: does the client use the URL of the proxy as its base URL?'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const complain = (text: string): void =>
  void process.stderr.write(`${colorsFor(2).yellow('cassette:')} ${text}\n`)

function portOf(text = '8000'): number {
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`--port needs a number, not ${JSON.stringify(text)}`)
  return Number(text)
}

function onMissOf(text: string | undefined): Pick<ProxyOptions, 'onMiss'> {
  if (text === undefined) return {}
  if (text === 'error' || text === 'throw') return { onMiss: 'throw' }
  if (text === 'passthrough') return { onMiss: 'passthrough' }
  throw new UsageError(`--on-miss cannot be ${JSON.stringify(text)}; use error or passthrough`)
}

/** Resolves at the first signal to stop. A second one ends the process at once: the next run recovers what was recorded. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.once(signal, resolve)
  }).then(() => {
    for (const signal of SIGNALS) process.removeAllListeners(signal)
  })
}

const started = ({ url, port, token, routes, cassettes }: CassetteProxy): object => ({
  url,
  port,
  token,
  routes,
  cassette: cassettes[0]?.path,
  mode: cassettes[0]?.mode,
})

function welcome({ url, token, routes, cassettes: [main] }: CassetteProxy, colors: Colors): string {
  const { bold, cyan, dim } = colors
  return [
    `${bold('cassette proxy')} ${url}  ${dim(`mode ${main?.mode ?? ''}, ${main?.path ?? ''}`)}`,
    ...routes.map(
      ({ target, url: base, variable }) => `  ${cyan(`${variable ?? 'base URL'}=${base}`)}  ${dim(target)}`,
    ),
    dim(`  token ${token}  (POST ${url}/__cassette/open; docs/proxy.md)`),
    dim('  Ctrl-C stops it and writes the cassette.'),
  ].join('\n')
}

const farewell = (cassettes: readonly CassetteSummary[]): string =>
  cassettes
    .map(({ path, played, recorded, misses }) =>
      [
        `${path}: ${played} played, ${recorded} recorded, ${misses.length} without a recording`,
        ...misses.map(({ message }) => `  ${message.split('\n', 1)[0]}`),
      ].join('\n'),
    )
    .join('\n')
