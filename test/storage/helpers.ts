import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { EntryText } from '../../src/cassette/envelope.ts'
import type { RunIdentity } from '../../src/storage/lock/identity.ts'

const HOST = 'test-host'
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

/** Makes a folder for each test and removes it after the test. */
export function useFolder(): (...names: string[]) => string {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cassette-storage-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  return (...names) => join(folder, ...names)
}

export function recorder(changes: Partial<RunIdentity> = {}): RunIdentity {
  return { pid: process.pid, threadId: 0, host: HOST, now: new Date().toISOString(), ...changes }
}

export interface Child {
  readonly process: ChildProcess
  /** Resolves with the first line that starts with this text. Rejects if the process ends without such a line. */
  line(start: string): Promise<string>
  /** Resolves with all lines when the process has ended. */
  readonly lines: Promise<readonly string[]>
}

/** @param prefix a command that runs the command after it: `['sh', '-c', 'ulimit -f 8; exec "$@"', 'sh']` */
export function startChild(args: readonly string[], prefix: readonly string[] = []): Child {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, CHILD, ...args]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const seen: string[] = []
  const waiting = new Set<(line: string | undefined) => void>()
  const lines = new Promise<readonly string[]>((resolve) => {
    const reader = createInterface({ input: child.stdout })
    reader.on('line', (line) => {
      seen.push(line)
      for (const tell of waiting) tell(line)
    })
    reader.on('close', () => {
      for (const tell of waiting) tell(undefined)
      resolve(seen)
    })
  })
  return {
    process: child,
    lines,
    line: (start) =>
      new Promise((resolve, reject) => {
        const tell = (line: string | undefined): void => {
          if (line === undefined) reject(new Error(`no line ${start} but ${seen.join(' | ')}`))
          else if (line.startsWith(start)) resolve(line)
        }
        const known = seen.find((line) => line.startsWith(start))
        if (known === undefined) waiting.add(tell)
        else resolve(known)
      }),
  }
}

/** Kills a process as the system does when memory runs out. The process cannot react. */
export async function killHard(child: Child): Promise<void> {
  const { exitCode, signalCode } = child.process
  const ended = exitCode === null && signalCode === null ? once(child.process, 'exit') : undefined
  child.process.kill('SIGKILL')
  await Promise.all([ended, child.lines])
}

export function asText(pieces: Iterable<EntryText>): string {
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece as Uint8Array))).toString()
}
