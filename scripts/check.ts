/** `npm run check`: everything but the tests, one after the other; names what failed, and ends with 1. */
import { spawnSync } from 'node:child_process'

const STEPS = ['format:check', 'lint', 'types', 'knip', 'rooms', 'docs:check']

const failed = STEPS.filter((name) => {
  process.stdout.write(`\n== ${name}\n`)
  return (
    spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit', shell: process.platform === 'win32' })
      .status !== 0
  )
})
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1
