import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

import { sharedRecordings } from '../../../src/session/process/family.ts'
import { LazySession } from '../../../src/session/lazy-session.ts'
import { loadCassette } from '../../../src/storage/file.ts'
import { patchProcess } from '../../../src/opening.ts'
import { sampleFile } from '../../cassette/samples.ts'
import { startServer } from '../../helpers/server.ts'
import { useFolder } from '../../storage/helpers.ts'

describe('recordings that several processes share', () => {
  const at = useFolder()

  it('have the same names in all processes, and repeats have different names', () => {
    writeFileSync(at('a.yaml'), sampleFile('one', 'one'))
    writeFileSync(at('b.yaml'), sampleFile('two'))
    const asked: string[] = []
    const shared = (path: string, sibling: string) =>
      sharedRecordings(path, {
        siblings: () => [sibling],
        placeOf: () => 0,
        take: (name) => asked.push(name) > 0,
      })
    const entriesOf = (path: string) => loadCassette(path)?.entries ?? []
    const [ofA, ofB] = [shared(at('a.yaml'), at('b.yaml')), shared(at('b.yaml'), at('a.yaml'))]
    const [a, b] = [entriesOf(at('a.yaml')), entriesOf(at('b.yaml'))]
    for (const entry of [...a, ...ofA.more(false)]) ofA.take(entry, a)
    const fromA = asked.splice(0)
    for (const entry of [...ofB.more(false), ...b]) ofB.take(entry, b)
    assert.deepEqual(asked, fromA)
    assert.equal(new Set(asked).size, 3)
  })

  it('have stand-ins of their own, so that a process that plays from two gets the right answers', async () => {
    const users = new Map<string, string>()
    const server = await startServer(({ path, headers }, response) => {
      response.setHeader('content-type', 'application/json')
      const name = /\/login\/(\w+)/.exec(path)?.[1]
      const token = randomBytes(16).toString('hex')
      if (name !== undefined) users.set(token, name)
      response.end(
        JSON.stringify(
          name === undefined
            ? { who: users.get(headers['x-session-id'] as string) }
            : { session_token: token },
        ),
      )
    })
    const files = ['app.yaml', 'app-2.yaml', 'app-3.yaml']
    /** Acts as one process, which logs in as each user, then asks for each who it is. */
    const asks = async (own: string, mode: 'once' | 'none', names: readonly string[]): Promise<string[]> => {
      const family = {
        siblings: () => files.filter((file) => file !== own).map((file) => at(file)),
        placeOf: () => files.indexOf(own),
        take: () => true,
      }
      const session = new LazySession({ path: () => at(own), options: { mode }, choose: '', family })
      session.enter(own)
      patchProcess()
      const json = async (path: string, headers = {}): Promise<Record<string, string>> =>
        (await (await fetch(server.url + path, { headers })).json()) as Record<string, string>
      const tokens: string[] = []
      for (const name of names) tokens.push((await json(`/login/${name}`))['session_token'] ?? '')
      const answers: string[] = []
      for (const token of tokens) answers.push((await json('/me', { 'x-session-id': token }))['who'] ?? '')
      await session.finish({ failed: false })
      return answers
    }
    try {
      for (const [index, file] of files.entries()) await asks(file, 'once', [`user${index}`])
      assert.match(readFileSync(at('app-3.yaml'), 'utf8'), /session_token: REDACTED-200001\b/)
    } finally {
      await server.close()
    }
    const all = ['user2', 'user0', 'user1']
    for (const file of files) assert.deepEqual(await asks(file, 'none', all), all)
  })

  it('are played once in all processes together, each process its own first, and never in mode all', async () => {
    const server = await startServer((_request, response) => void response.end('answer'))
    const taken = new Set<string>()
    const take = (name: string): boolean => !taken.has(name) && taken.add(name).size > 0
    /** Acts as one process: makes the request twice, with the cassettes of both processes. */
    const asks = async (
      own: string,
      other: string,
      mode: 'new_episodes' | 'none' | 'all',
    ): Promise<string[]> => {
      const family = { siblings: () => [at(other)], placeOf: () => 0, take }
      const session = new LazySession({ path: () => at(own), options: { mode }, choose: '', family })
      session.enter(own)
      patchProcess()
      const ask = () =>
        fetch(server.url).then(
          (response) => response.text(),
          () => 'miss',
        )
      const answers = [await ask(), await ask()]
      await session.finish({ failed: false })
      return answers
    }
    try {
      await asks('a.yaml', 'b.yaml', 'new_episodes')
      taken.clear()
      assert.deepEqual(await asks('b.yaml', 'a.yaml', 'none'), ['answer', 'answer'])
      assert.deepEqual(await asks('a.yaml', 'b.yaml', 'none'), ['miss', 'miss'])
      assert.equal(server.requests.length, 2)
      taken.clear()
      assert.deepEqual(await asks('b.yaml', 'a.yaml', 'all'), ['answer', 'answer'])
      assert.deepEqual([server.requests.length, taken.size], [4, 0])
    } finally {
      await server.close()
    }
  })
})
