import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { exportCommand } from '../../../src/cli/commands/export.ts'
import { type Asked, chatCassette } from '../../helpers/cassette-texts.ts'
import { type CliEnded, runHere } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const PARIS: Asked = { question: 'The capital of France?', answer: 'Paris.' }
const WEATHER: Asked = { question: 'The weather?', answer: 'Oslo', tool: 'get_weather' }

interface Attribute {
  readonly key: string
  readonly value: {
    readonly stringValue?: string
    readonly intValue?: string
    readonly arrayValue?: { readonly values: readonly { readonly stringValue: string }[] }
  }
}
interface Line {
  readonly resourceSpans: readonly [
    {
      readonly schemaUrl: string
      readonly scopeSpans: readonly [
        {
          readonly spans: readonly [
            {
              readonly traceId: string
              readonly spanId: string
              readonly name: string
              readonly kind: number
              readonly startTimeUnixNano: string
              readonly status: { readonly code?: number }
              readonly attributes: readonly Attribute[]
            },
          ]
        },
      ]
    },
  ]
}

describe('cassette export', () => {
  let folder: ReturnType<typeof tempFolder>
  beforeEach(() => {
    folder = tempFolder()
  })
  afterEach(() => folder.remove())
  const write = (name: string, text: string): void => writeFileSync(join(folder.path, name), text)
  const run = (...args: string[]): Promise<CliEnded> => runHere(folder.path, exportCommand, args)
  const lines = async (format: string): Promise<unknown[]> => {
    const { code } = await run(format, 'a.yaml', '-o', 'out.jsonl')
    assert.equal(code, 0)
    return readFileSync(join(folder.path, 'out.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  }

  it('writes a span of OpenTelemetry for each call of a model', async () => {
    write('a.yaml', chatCassette([PARIS, WEATHER]))
    const all = (await lines('otel')) as Line[]
    assert.equal(all.length, 2)
    const [first, second] = all.map(({ resourceSpans: [one] }) => one)
    assert.equal(first?.schemaUrl, 'https://opentelemetry.io/schemas/1.38.0')
    const [span, other] = [first, second].map((one) => one?.scopeSpans[0].spans[0])
    assert.deepEqual(
      [span?.name, span?.kind, span?.startTimeUnixNano],
      ['chat gpt-5', 3, '1795248000000000000'],
    )
    assert.match(`${span?.traceId} ${span?.spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/)
    assert.equal(other?.traceId, span?.traceId)
    assert.notEqual(other?.spanId, span?.spanId)
    const attributes = new Map(other?.attributes.map(({ key, value }) => [key, value]))
    assert.equal(attributes.get('gen_ai.operation.name')?.stringValue, 'chat')
    assert.equal(attributes.get('gen_ai.provider.name')?.stringValue, 'openai')
    assert.equal(attributes.get('server.address')?.stringValue, 'api.openai.com')
    assert.deepEqual(attributes.get('gen_ai.response.finish_reasons')?.arrayValue?.values, [
      { stringValue: 'tool_calls' },
    ])
    assert.deepEqual(JSON.parse(attributes.get('gen_ai.input.messages')?.stringValue ?? ''), [
      { role: 'user', parts: [{ type: 'text', content: 'The weather?' }] },
    ])
    assert.deepEqual(JSON.parse(attributes.get('gen_ai.output.messages')?.stringValue ?? ''), [
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: null, name: 'get_weather', arguments: { city: 'Oslo' } }],
        finish_reason: 'tool_call',
      },
    ])
  })

  it('marks the span of an error', async () => {
    const text = chatCassette([PARIS])
      .replace(/status: 200/, 'status: 429')
      .replace('{"choices"', '{"error":{"type":"rate_limit","message":"slow down"},"choices"')
    write('a.yaml', text)
    const [line] = (await lines('otel')) as Line[]
    const span = line?.resourceSpans[0].scopeSpans[0].spans[0]
    assert.equal(span?.status.code, 2)
    assert.equal(span?.attributes.find(({ key }) => key === 'error.type')?.value.stringValue, 'rate_limit')
  })

  it('writes conversations as OpenAI takes them for fine-tuning', async () => {
    write('a.yaml', chatCassette([PARIS, WEATHER]))
    assert.deepEqual(await lines('jsonl'), [
      {
        messages: [
          { role: 'user', content: 'The capital of France?' },
          { role: 'assistant', content: 'Paris.' },
        ],
      },
      {
        messages: [
          { role: 'user', content: 'The weather?' },
          {
            role: 'assistant',
            tool_calls: [
              {
                id: 'answer_1',
                type: 'function',
                function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
              },
            ],
          },
        ],
      },
    ])
  })

  it('tells what it leaves out, and what it cannot read', async () => {
    write(
      'a.yaml',
      chatCassette([PARIS, WEATHER]).replace('    response:', '    incomplete: true\n    response:'),
    )
    write('broken.yaml', 'version: 1\ninteractions: 5\n')
    const { code, stderr } = await run('jsonl', 'a.yaml', 'broken.yaml', '-o', 'out.jsonl')
    assert.equal(code, 3)
    assert.match(stderr, /broken\.yaml/)
    assert.match(stderr, /left out a\.yaml aaaaaaaaaaaaaaa0: the recorded answer is cut off/)
    assert.equal(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').split('\n').length, 2)
  })

  it('refuses an unknown format', async () => {
    const { code, stderr } = await run('parquet', 'a.yaml')
    assert.equal(code, 2)
    assert.match(stderr, /unknown format "parquet"; use one of .*jsonl.*otel/)
  })
})
