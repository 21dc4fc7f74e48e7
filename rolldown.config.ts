import { globSync } from 'node:fs'
import { join } from 'node:path'

import { defineConfig } from 'rolldown'

import manifest from './package.json' with { type: 'json' }

const src = join(import.meta.dirname, 'src')

/** Files that `exports`, `bin` or `load()` name, and the commands: they keep their place in `dist`. All others become chunks. */
const ENTRIES = [
  'index',
  'matching',
  'drift',
  'fetch',
  'proxy',
  'store-conformance',
  'cli/main',
  ...globSync('cli/commands/*.ts', { cwd: src }).map((file) => file.replace(/\.ts$/, '')),
  'integrations/register',
  'integrations/preload',
  'integrations/mocha',
  'integrations/mocha/plugin',
  'integrations/vitest',
  'integrations/vitest/host',
  'integrations/jest',
  'integrations/jest/environment',
  'integrations/node-test',
  'integrations/node-test-hooks',
]
const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })

/** The JavaScript of the package. tsc writes the types. */
// The command `rolldown` wants a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  input: Object.fromEntries(ENTRIES.map((name) => [name, join(src, `${name}.ts`)])),
  platform: 'node',
  external: (id) =>
    id.startsWith('node:') || packages.some((name) => id === name || id.startsWith(`${name}/`)),
  output: { dir: 'dist', cleanDir: true, sourcemap: true, chunkFileNames: 'chunks/[name]-[hash].js' },
})
