import { settings } from './project.ts'
import { count, type Runner, runnerConformance } from './runner-conformance.ts'

const VITEST: Runner = {
  name: 'cassette/vitest',
  fixture: 'vitest',
  extension: 'js',
  args: ['../node_modules/vitest/vitest.mjs', 'run'],
  counts: (output) => ({
    passed: count(output, /^ +Tests .*?(\d+) passed/m),
    failed: count(output, /^ +Tests .*?(\d+) failed/m),
  }),
}

/** One worker runs all files. Depending on the pool, each file has its own context, its own module graph, or neither. */
const VITEST_POOLS = settings(
  '',
  '--pool=vmThreads',
  '--pool=threads',
  '--pool=vmForks',
  '--no-isolate',
).slice(1)

const RUNNERS: readonly Runner[] = [
  {
    name: 'cassette/mocha',
    fixture: 'mocha',
    extension: 'js',
    args: ['../node_modules/mocha/bin/mocha.js', '--require', 'cassette/mocha', '*.test.js'],
    counts: (output) => ({
      passed: count(output, /^ {2}(\d+) passing/m),
      failed: count(output, /^ {2}(\d+) failing/m),
    }),
  },
  VITEST,
  ...VITEST_POOLS.map((pool) => ({
    ...VITEST,
    name: `cassette/vitest ${pool}`,
    args: [...VITEST.args, pool, '--maxWorkers=1'],
    onlyNewestNode: true,
  })),
  {
    name: 'cassette/jest',
    fixture: 'jest',
    extension: 'js',
    args: ['../node_modules/jest/bin/jest.js'],
    counts: (output) => ({
      passed: count(output, /^Tests: .*?(\d+) passed/m),
      failed: count(output, /^Tests: .*?(\d+) failed/m),
    }),
  },
  {
    name: 'cassette/node-test',
    fixture: 'node-test',
    extension: 'mjs',
    folderEnding: '.d',
    args: ['--import', 'cassette/node-test', '--test', '--test-reporter=spec'],
    counts: (output) => ({
      passed: count(output, /^ℹ pass (\d+)/m),
      failed: count(output, /^ℹ fail (\d+)/m),
    }),
  },
]

for (const runner of RUNNERS) runnerConformance(runner)
