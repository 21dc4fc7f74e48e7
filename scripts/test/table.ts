import type { Group } from './groups.ts'

/**
 * The groups of test files, the slowest first, so that none of them is left to the end. Name a new pure room in a `unit` group.
 * A file may be named to take it out of its folder's group.
 */
export const GROUPS: readonly Group[] = [
  { name: 'runners-conformance', of: ['integrations/runners.test.ts', 'integrations/runner-cases.test.ts'] },
  {
    name: 'runners-again',
    of: ['integrations/watch.test.ts', 'integrations/concurrent.test.ts', 'integrations/heals.test.ts'],
  },
  { name: 'runners-one-by-one', of: ['integrations'] },
  { name: 'runners-command', of: ['cli'] },
  { name: 'net-protocols', of: ['protocols'] },
  { name: 'net-frames', of: ['protocols/http2', 'protocols/websocket', 'proxy'] },
  {
    name: 'net-clients',
    of: ['e2e', 'conformance', 'importers', 'with-cassette.test.ts', 'bad-input.test.ts'],
  },
  { name: 'net-fidelity', of: ['fidelity'] },
  { name: 'net-session', of: ['session'] },
  {
    name: 'thorough',
    of: [
      'cassette/bad-input.test.ts',
      'cassette/reading/hostile.test.ts',
      'cassette/reading/segments.test.ts',
      'cassette/real-traffic.test.ts',
      'cassette/yaml/emit.test.ts',
      'exchange/corpus.test.ts',
      'fingerprint/corpus.test.ts',
      'providers/bad-input.test.ts',
      'redaction/corpus.test.ts',
    ],
  },
  // What nobody names elsewhere: storage, scripts, helpers, the files of test/ itself.
  { name: 'rest', of: [''] },
  {
    name: 'unit-exchange',
    of: [
      'base',
      'errors',
      'exchange',
      'providers',
      'fingerprint',
      'reports',
      'drift',
      'migration',
      'snapshot',
      'registry',
    ],
  },
  { name: 'unit-cassette', of: ['cassette', 'redaction'] },
  {
    name: 'measured',
    kind: 'alone',
    of: [
      'cassette/reading/large-file.test.ts',
      'fingerprint/speed.test.ts',
      'session/replaying/nearest-recording.test.ts',
    ],
  },
  {
    name: 'large',
    kind: 'long',
    of: [
      'cassette/large-bodies.test.ts',
      'cassette/reading/hostile-large.test.ts',
      'cli/commands/gate-large.test.ts',
      'cli/commands/migrate-large.test.ts',
      'examples/ci.test.ts',
      'importers/corpus.test.ts',
      'importers/real-tools.test.ts',
      'redaction/size.test.ts',
      'protocols/no-growth.test.ts',
      'scripts/soak-run.test.ts',
      'scripts/suites/run.test.ts',
      'session/recording/memory-long.test.ts',
      'session/replaying/causal-order-long.test.ts',
      'stores/git.test.ts',
      'bench',
    ],
  },
  { name: 'browser', kind: 'long', of: ['exporters/har-browser.test.ts', 'reports/html/page.test.ts'] },
  { name: 'every-client', kind: 'long', of: ['fidelity/every-client.test.ts'] },
]
