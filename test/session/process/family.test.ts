import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'

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
      sharedRecordings(path, { siblings: () => [sibling], take: (name) => asked.push(name) > 0 })
    const entriesOf = (path: string) => loadCassette(path)?.entries ?? []
    const [ofA, ofB] = [shared(at('a.yaml'), at('b.yaml')), shared(at('b.yaml'), at('a.yaml'))]
    const [a, b] = [entriesOf(at('a.yaml')), entriesOf(at('b.yaml'))]
    for (const entry of [...a, ...ofA.more(false)]) ofA.take(entry, a)
    const fromA = asked.splice(0)
    for (const entry of [...ofB.more(false), ...b]) ofB.take(entry, b)
    assert.deepEqual(asked, fromA)
    assert.equal(new Set(asked).size, 3)
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
      const family = { siblings: () => [at(other)], take }
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
