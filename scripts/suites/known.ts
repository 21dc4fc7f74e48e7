import type { Setting } from './run-file.ts'

/**
 * A failure that was looked into and may stay: no documented API can see its cause, plain Node shows it too, or
 * cassette's documentation states it.
 */
export interface Known {
  readonly file: string
  /** Without a title, every test of the file. */
  readonly title?: string
  /** The only setting in which the test may fail. */
  readonly only?: Setting
  readonly reason: string
}

const LOADED_FIRST =
  'White box: the test replaces an internal binding before `http` or `tls` is loaded for the first time. A preload that loads them, ' +
  'whatever it does, comes before it.'

/** The reviewed list, by the name of the suite. */
export const KNOWN: Readonly<Record<string, readonly Known[]>> = {
  node: [
    { file: 'test/parallel/test-http-parser-lazy-loaded.js', reason: LOADED_FIRST },
    {
      file: 'test/parallel/test-net-listen-handle-in-cluster-1.js',
      reason:
        'Of this script: its preload waits while it closes a cassette, and a message comes before the listener is there. Plain Node ' +
        'does the same with a preload that waits for a timer. The preload of the package waits for nothing.',
    },
    { file: 'test/parallel/test-tls-clientcertengine-unsupported.js', reason: LOADED_FIRST },
    { file: 'test/parallel/test-tls-keyengine-unsupported.js', reason: LOADED_FIRST },
  ],
}
