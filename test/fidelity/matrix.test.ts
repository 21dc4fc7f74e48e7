import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { CLIENTS } from './clients/index.ts'
import { EXCHANGES } from './exchanges/index.ts'
import { renderMatrix, withSummary } from './render-matrix.ts'
import { MATRIX, PAGE, readResults, verdictsOf } from './results.ts'
import { lackingOf } from './run.ts'

/** Checks the documents about the results. `npm run fidelity` checks the results themselves, in CI too. */
describe('the support matrix', () => {
  const results = readResults()

  it('in docs/clients.md is that of the results', () => {
    const page = readFileSync(PAGE, 'utf8')
    assert.equal(page, withSummary(page, results), 'run `npm run matrix -- --render`')
  })

  it('with every exchange is rendered from the results', () => {
    assert.equal(readFileSync(MATRIX, 'utf8'), renderMatrix(results), 'run `npm run matrix -- --render`')
  })

  it('has every client and every exchange of the suite, and the reason if a client cannot send one', () => {
    assert.deepEqual(
      results.families,
      Object.fromEntries(EXCHANGES.map(({ name, exchanges }) => [name, exchanges.map((one) => one.name)])),
    )
    assert.deepEqual(
      Object.keys(results.clients),
      CLIENTS.map(({ name }) => name),
    )
    for (const client of CLIENTS)
      for (const { name, exchanges } of EXCHANGES)
        for (const [i, { mark, reason }] of verdictsOf(results, client.name, name).entries())
          assert.equal(
            mark === '–' ? reason : undefined,
            lackingOf(client, exchanges[i]!),
            `${client.name}: ${exchanges[i]!.name}`,
          )
  })

  it('has no difference without a reason', () => {
    assert.deepEqual(
      Object.entries(results.clients).filter(([, rows]) => Object.values(rows).join(' ').includes('✗')),
      [],
    )
  })
})
