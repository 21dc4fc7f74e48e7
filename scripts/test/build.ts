import { spawnSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Builds the package as it would be published, for the programs that tests start: they start in half the time of the sources.
 * @returns the folder, which has `package.json` and `dist/`
 * @throws Error with what the bundler printed, if it made no package
 */
export function buildForTests(): string {
  const folder = join(root, 'node_modules/.cache/built')
  const rolldown = join(root, 'node_modules/rolldown/bin/cli.mjs')
  const args = [rolldown, '-c', join(root, 'rolldown.config.ts'), '--dir', join(folder, 'dist')]
  const { stdout, stderr } = spawnSync(process.execPath, args, { timeout: 120_000, encoding: 'utf8' })
  if (!existsSync(join(folder, 'dist/integrations/register.js')))
    throw new Error(`the build made no package\n${stdout}${stderr}`)
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  return folder
}
