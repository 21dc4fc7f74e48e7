import { count, type Runner, runnerConformance } from './runner-conformance.ts'

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
]

for (const runner of RUNNERS) runnerConformance(runner)
