import assert from 'node:assert/strict'
import { CLIENTS } from './clients/index.ts'
import { DIFFERENCES } from './differences.ts'
import { EXCHANGES } from './exchanges/index.ts'
import { readResults, resultsOf } from './results.ts'
import { lackingOf, type Result, runClient } from './run.ts'
import { verdictOf } from './verdict.ts'
import { withEnvironment } from '../helpers/environment.ts'

describe('a client sees the same live, while recording, and in the replay without servers', () => {
  const results: Result[] = []

  for (const client of CLIENTS) {
    describe(client.name, () => {
      const ran: { result?: Result } = {}
      before(async function () {
        this.timeout(90_000)
        ran.result = await withEnvironment({ CI: undefined, CASSETTE_MODE: undefined }, () =>
          runClient(client, EXCHANGES),
        )
        results.push(ran.result)
      })

      for (const { name: family, exchanges } of EXCHANGES)
        for (const exchange of exchanges) {
          if (lackingOf(client, exchange) !== undefined) continue
          it(`${family}: ${exchange.name}`, () => {
            const cell = ran.result!.cells.find((one) => one.exchange === exchange)!
            const verdict = verdictOf(client, cell)
            if (verdict.kind !== 'different') return
            if (verdict.phase === 'live') assert.match(JSON.stringify(cell.live), exchange.proof!)
            // Compares the complete views, so that the message shows the difference.
            assert.deepEqual(cell.recording, cell.live, 'while recording')
            assert.deepEqual(cell.replay, cell.live, 'in replay')
          })
        }
    })
  }

  describe('the support matrix', () => {
    it('equals the results of this run', function () {
      // With --grep, only some clients have run.
      if (results.length < CLIENTS.length) this.skip()
      assert.deepEqual(resultsOf(results), readResults(), 'run `npm run matrix`')
    })

    it('lists no difference that does not occur any more', function () {
      if (results.length < CLIENTS.length) this.skip()
      const used = new Set(
        results.flatMap(({ client, cells }) =>
          cells
            .map((cell) => verdictOf(client, cell))
            .flatMap((one) => (one.kind === 'partial' ? [one.reason] : [])),
        ),
      )
      assert.deepEqual(
        DIFFERENCES.map(({ reason }) => reason).filter((reason) => !used.has(reason)),
        [],
      )
    })
  })
})
