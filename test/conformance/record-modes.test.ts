import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type CassetteOptions, CassetteMiss, withCassette } from '../../src/index.ts'
import { withEnvironment } from '../helpers/environment.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

interface Run {
  readonly requests: readonly string[]
  /** `replay`, `live` or `miss`, with `:STATUS` if it matters. */
  readonly outcomes: readonly string[]
  readonly live: number
  /** `PATH:STATUS` of each interaction; `null` if there is no file. */
  readonly after?: readonly string[] | null
}

interface Case extends Run {
  readonly id: string
  readonly mode?: NonNullable<CassetteOptions['mode']>
  readonly options?: CassetteOptions
  readonly env?: Readonly<Record<string, string>>
  readonly file: readonly string[] | null
  readonly throws?: true
  readonly bytesUnchanged?: true
  readonly then?: Run
}

const { cases } = JSON.parse(
  readFileSync(fromRoot('test/fixtures/conformance/record-modes.json'), 'utf8'),
) as { cases: Case[] }

describe('record modes', () => {
  const folder = tempFolder()
  let server: TestServer
  /** The server's answer to every request. */
  let status: number

  before(async () => {
    server = await startServer((_, response) => void response.writeHead(status).end('ok'))
  })
  after(async () => {
    await server.close()
    folder.remove()
  })

  for (const testCase of cases) {
    it(testCase.id, async () => {
      const path = join(folder.path, `${testCase.id}.yaml`)
      await makeFile(path, testCase.file)
      const bytes = existsSync(path) ? readFileSync(path) : undefined
      const environment = { CI: undefined, CASSETTE_MODE: undefined, ...testCase.env }

      await withEnvironment(environment, () => check(path, testCase, testCase, testCase.throws === true))
      if (testCase.bytesUnchanged) assert.deepEqual(readFileSync(path), bytes)
      if (testCase.then)
        await withEnvironment(environment, () => check(path, testCase, testCase.then!, false))
    })
  }

  /** Records the starting file: the server answers each request with the wanted status. */
  async function makeFile(path: string, interactions: readonly string[] | null): Promise<void> {
    if (interactions === null) return
    if (interactions.length === 0) {
      writeFileSync(path, 'version: 1\ninteractions: []\n')
      return
    }
    await withEnvironment({ CI: undefined, CASSETTE_MODE: undefined }, () =>
      withCassette(path, { mode: 'once' }, async () => {
        for (const interaction of interactions) {
          const [target = '', wanted] = interaction.split(':')
          status = Number(wanted)
          await (await fetch(server.url + target)).text()
        }
      }),
    )
    assert.deepEqual(interactionsOf(path), interactions, 'the starting file')
  }

  async function check(path: string, { mode, options }: Case, run: Run, throws: boolean): Promise<void> {
    status = 299
    const asked = server.requests.length
    const got: string[] = []
    const failure = new Error('the code under test failed')
    const running = withCassette(path, { ...options, ...(mode && { mode }) }, async () => {
      for (const target of run.requests) got.push(await outcomeOf(target))
      if (throws) throw failure
    })
    const error = await running.then(
      () => undefined,
      (cause: unknown) => cause,
    )

    assert.deepEqual(withStatusWhereAsked(got, run.outcomes), run.outcomes)
    assert.equal(server.requests.length - asked, run.live, 'requests that reached the server')
    if (run.after !== undefined) assert.deepEqual(interactionsOf(path), run.after)
    if (run.outcomes.includes('miss')) assert.ok(error instanceof CassetteMiss, String(error))
    else assert.equal(error, throws ? failure : undefined)
  }

  async function outcomeOf(target: string): Promise<string> {
    const asked = server.requests.length
    try {
      const response = await fetch(server.url + target)
      await response.text()
      return `${server.requests.length > asked ? 'live' : 'replay'}:${response.status}`
    } catch (error) {
      const { cause } = error as { cause?: unknown }
      assert.ok(cause instanceof CassetteMiss, String(error))
      return 'miss'
    }
  }
})

function withStatusWhereAsked(got: readonly string[], wanted: readonly string[]): string[] {
  return got.map((outcome, index) => (wanted[index]?.includes(':') ? outcome : outcome.replace(/:.*/, '')))
}

function interactionsOf(path: string): string[] | null {
  if (!existsSync(path)) return null
  const { interactions } = parse(readFileSync(path, 'utf8')) as {
    interactions: Array<{ request: { url: string }; response: { status: number } }>
  }
  return interactions.map(({ request, response }) => `${new URL(request.url).pathname}:${response.status}`)
}
