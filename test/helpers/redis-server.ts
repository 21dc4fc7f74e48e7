import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

import { tempFolder } from './temp-folder.ts'

/** Whether Debian's `redis-server` is installed. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export interface RedisServer {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a Redis at a free port, with an own folder and nothing on disk. */
export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const folder = tempFolder()
  for (let tries = 1; ; tries += 1) {
    const port = await freePort()
    const started = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder.path, ...options],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    if (await isReady(started))
      return { url: `redis://127.0.0.1:${port}`, stop: () => stopped(started, folder.remove) }
    // Somebody else took the port.
    if (tries === 5) throw new Error('redis-server does not start')
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function isReady(started: ChildProcess): Promise<boolean> {
  if (!started.stdout) return false
  for await (const line of createInterface({ input: started.stdout })) {
    if (line.includes('Ready to accept connections')) {
      started.stdout.resume()
      return true
    }
  }
  return false
}

async function stopped(started: ChildProcess, then: () => void): Promise<void> {
  if (started.exitCode === null && started.signalCode === null) {
    const ended = once(started, 'exit')
    started.kill('SIGTERM')
    await ended
  }
  then()
}
