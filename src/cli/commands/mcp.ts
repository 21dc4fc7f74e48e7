import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { defineCommand, runCommand } from 'citty'

import { toError } from '../../base/to-error.ts'
import { readMisses } from '../../rebase/misses-file.ts'
import { type Command, type CommandEntry, withExamples } from '../command.ts'
import { isResult } from '../result.ts'
import { UsageError } from '../usage.ts'

/** A tool, which runs a command of the same name. */
interface Tool {
  readonly description: string
  /** Its parameters, all texts, and what they are. Those that end with `?` may be left out. */
  readonly parameters: Readonly<Record<string, string>>
  /** The command line, without the name. */
  readonly args: (given: Readonly<Record<string, string>>) => readonly string[]
  /** Answers in place of the command. */
  readonly answer?: (given: Readonly<Record<string, string>>) => string
}

const NAMES = 'a file, a folder or a pattern; default: the folder of the cassettes'
const some = (value: string | undefined): string[] => (value === undefined ? [] : [value])

const fromMisses: Tool['args'] = ({ file, misses }) => [...some(file), ...some(misses && `--from=${misses}`)]

/** The misses of a cassette, as the run noted them. */
function explained({ file = '', misses = '' }: Readonly<Record<string, string>>): string {
  const own = readMisses(misses).filter(({ cassettePath }) => resolve(cassettePath) === resolve(file))
  return JSON.stringify({ path: file, misses: own }, null, 2)
}

const TOOLS: Readonly<Record<string, Tool>> = {
  list: {
    description: 'Lists cassettes: recordings of HTTP requests, most of them to models.',
    parameters: { 'names?': NAMES },
    args: ({ names }) => some(names),
  },
  show: {
    description: 'Shows the conversations of a cassette: what was asked and answered.',
    parameters: { file: 'the cassette', 'id?': 'the id of an interaction, or its beginning' },
    args: ({ file, id }) => [...some(file), ...some(id)],
  },
  stats: {
    description: 'Counts interactions, models and tokens, and what a replay saves.',
    parameters: { 'names?': NAMES },
    args: ({ names }) => some(names),
  },
  lint: {
    description:
      'Finds stale, incomplete and duplicate recordings, recorded errors, and prompts with the date of a day.',
    parameters: { 'names?': NAMES },
    args: ({ names }) => some(names),
  },
  explain: {
    description:
      'Explains misses: for each request of a test run that no recording answered (a run with CASSETTE_MISSES=FILE notes them), the ' +
      'nearest recording and what differs. Changes nothing.',
    parameters: { file: 'the cassette', misses: 'the file of CASSETTE_MISSES' },
    args: fromMisses,
    answer: explained,
  },
  rebase: {
    description:
      'Gives recordings the requests of misses and keeps their responses: accepts a changed prompt. Changes the cassette.',
    parameters: { file: 'the cassette', misses: 'the file of CASSETTE_MISSES' },
    args: fromMisses,
  },
}

const COMMAND_OF: Readonly<Record<string, string>> = { explain: 'rebase' }

/** @param all the commands that its tools run */
export const mcpOf = (all: Readonly<Record<string, CommandEntry>>): Command =>
  withExamples(
    ['mcp'],
    defineCommand({
      meta: {
        name: 'mcp',
        description:
          'Serves the questions of this command line to agents, as a server of the Model Context Protocol over standard input and ' +
          'output: list, show, stats, lint, explain (a miss) and rebase. Needs the package @modelcontextprotocol/sdk.',
      },
      args: {},
      async run(): Promise<number> {
        const { McpServer, StdioServerTransport, types } = await sdk()
        // The server below takes plain JSON Schemas; that above it wants zod.
        const { server } = new McpServer(
          { name: 'cassette', version: version() },
          { capabilities: { tools: {} } },
        )
        server.setRequestHandler(types.ListToolsRequestSchema, () => ({
          tools: Object.entries(TOOLS).map(described),
        }))
        server.setRequestHandler(types.CallToolRequestSchema, async ({ params }) => {
          const { text, isError } = await call(all, params.name, params.arguments ?? {})
          return { content: [{ type: 'text' as const, text }], isError }
        })
        const closed = once(process.stdin, 'close')
        await server.connect(new StdioServerTransport())
        await closed
        return 0
      },
    }),
  )

async function sdk() {
  try {
    const [{ McpServer }, { StdioServerTransport }, types] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/mcp.js'),
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ])
    return { McpServer, StdioServerTransport, types }
  } catch (cause) {
    throw new UsageError(
      `cassette mcp needs the package @modelcontextprotocol/sdk: npm install --save-dev @modelcontextprotocol/sdk (${toError(cause).message})`,
    )
  }
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

const described = ([name, { description, parameters }]: readonly [string, Tool]): {
  name: string
  description: string
  inputSchema: { type: 'object'; properties: Record<string, object>; required: string[] }
} => ({
  name,
  description,
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(parameters).map(([parameter, text]) => [
        parameter.replace('?', ''),
        { type: 'string', description: text },
      ]),
    ),
    required: Object.keys(parameters).filter((parameter) => !parameter.endsWith('?')),
  },
})

async function call(
  all: Readonly<Record<string, CommandEntry>>,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<{ text: string; isError: boolean }> {
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined
  const entry = all[COMMAND_OF[name] ?? name]
  if (!tool || !entry) return { text: `there is no tool ${name}`, isError: true }
  const texts = Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      typeof value === 'string' && value !== '' ? [[key, value]] : [],
    ),
  )
  const missing = Object.keys(tool.parameters).find((one) => !one.endsWith('?') && !(one in texts))
  if (missing !== undefined)
    return { text: `${missing} is missing: ${tool.parameters[missing]}`, isError: true }
  // An option has no business here.
  const odd = Object.values(texts).find((value) => value.startsWith('-'))
  if (odd !== undefined) return { text: `${odd} is no name of a file`, isError: true }
  try {
    if (tool.answer) return { text: tool.answer(texts), isError: false }
    const { definition } = await entry.load()
    const rawArgs = [...tool.args(texts), '--json']
    const { result } = await runCommand(definition, { rawArgs })
    if (!isResult(result)) return { text: 'done', isError: false }
    return { text: [result.text, ...(result.problems ?? [])].join('\n'), isError: result.exitCode > 1 }
  } catch (error) {
    return { text: toError(error).message, isError: true }
  }
}
