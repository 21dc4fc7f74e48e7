import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { fromRoot } from '../../helpers/shared.ts'

describe('cassette mcp', () => {
  const bench = testBench((_request, response) => void response.end('{"answer":"Paris."}'))

  it('answers an agent: lists, shows and lints cassettes, explains a miss, and rebases', async () => {
    const ask = (question: string): Promise<string> =>
      fetch(bench.url('/ask'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ question }),
      }).then((response) => response.text())
    await withCassette(bench.path(), () => ask('The capital of France?'))
    process.env['CASSETTE_MISSES'] = bench.path('misses.json')
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, () => ask('The capital of France, please?')),
      { code: 'CASSETTE_MISS' },
    )
    delete process.env['CASSETTE_MISSES']

    const client = new Client({ name: 'test', version: '1' })
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [fromRoot('src/cli/main.ts'), 'mcp'],
        cwd: bench.path('.'),
      }),
    )
    const call = async (
      name: string,
      args: Record<string, string>,
    ): Promise<{ text: string; isError: boolean }> => {
      const { content, isError } = await client.callTool({ name, arguments: args })
      return { text: (content as { text: string }[])[0]?.text ?? '', isError: isError === true }
    }
    try {
      const { tools } = await client.listTools()
      assert.deepEqual(
        tools.map(({ name }) => name),
        ['list', 'show', 'stats', 'lint', 'explain', 'rebase'],
      )
      const { cassettes } = JSON.parse((await call('list', { names: '.' })).text) as {
        cassettes: { interactions: unknown }[]
      }
      assert.equal(cassettes.length, 1)
      assert.match((await call('show', { file: 'tape.yaml' })).text, /Paris/)
      assert.match((await call('stats', { names: 'tape.yaml' })).text, /interactions/)
      assert.equal((await call('lint', { names: 'tape.yaml' })).isError, false)
      const before = readFileSync(bench.path(), 'utf8')
      const misses = { file: 'tape.yaml', misses: 'misses.json' }
      const explained = await call('explain', misses)
      assert.match(explained.text, /France, please/)
      assert.equal(readFileSync(bench.path(), 'utf8'), before)
      assert.equal((await call('rebase', misses)).isError, false)
      assert.match(readFileSync(bench.path(), 'utf8'), /France, please/)
      writeFileSync(bench.path('broken.yaml'), 'interactions: 1\n')
      for (const [name, args] of [
        ['show', {}],
        ['show', { file: 'nowhere.yaml' }],
        ['show', { file: '--help' }],
        ['show', { file: 'broken.yaml' }],
        ['delete', { file: 'tape.yaml' }],
      ] as const)
        assert.equal(
          (await call(name, args as Record<string, string>)).isError,
          true,
          JSON.stringify([name, args]),
        )
    } finally {
      await client.close()
    }
  }).timeout(30_000)
})
