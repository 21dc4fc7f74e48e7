import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Upstream } from './fixture-upstream.ts'

/** Starts the corpus server in its own process. It answers from one `.jsonl` file or from a folder of such files. */
export async function startCorpus(server: string, files: string): Promise<Upstream> {
  const child = spawn(process.execPath, [server, files], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const stop = (): boolean => child.kill()
  process.once('exit', stop)
  const first = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  if (typeof first[0] !== 'string') throw new Error(`${server} ended before it listened`)
  const { url } = JSON.parse(first[0]) as { url: string }
  return {
    url,
    unmatched: async () => {
      const stats = await fetch(`${url}/__corpus/stats`)
      return ((await stats.json()) as { unmatched: number }).unmatched
    },
    close: async () => {
      process.off('exit', stop)
      stop()
      await ended
    },
  }
}
