import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

import type { Suite } from './suites.ts'
import { readTap } from './tap.ts'

export type Setting = 'plain' | 'idle' | 'recording'

/** The results of one file: whether each test passed, by its title. Skipped tests are left out. */
export type Outcome = ReadonlyMap<string, boolean>

/** The pseudo-test that fails if the process of a file fails without a failed test: it crashed or did not end. */
export const WHOLE_FILE = '(the process)'

export interface Place {
  readonly suite: Suite
  readonly folder: string
  /** The Node program that runs the suite. */
  readonly node: string
  /** Where cassettes go. */
  readonly cassettes: string
  readonly limitMs: number
  /** The URL of the module that puts a process into its setting. */
  readonly preload: string
  /** The file of the library that patches the processes. */
  readonly library: string
}

/**
 * Writes the preload as JavaScript into `folder`, because Node 22 warns on stderr when it strips types.
 * @returns its URL
 */
export function writePreload(folder: string): string {
  const source = readFileSync(new URL('setting.ts', import.meta.url), 'utf8')
  const path = join(folder, 'setting.mjs')
  writeFileSync(path, stripTypeScriptTypes(source))
  return pathToFileURL(path).href
}

/** Node's own variables of a test run in this process would change the suite. */
const LEFT_OUT = /^(?:CI|NODE_TEST_CONTEXT|NODE_V8_COVERAGE|NODE_OPTIONS|CASSETTE_.*|.*_proxy)$/i

function environment(setting: Setting, place: Place, slot: number): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !LEFT_OUT.test(name))
  return {
    ...Object.fromEntries(kept),
    ...place.suite.environment,
    NODE_OPTIONS: `--import=${place.preload}`,
    SUITES_SETTING: setting,
    SUITES_PACKAGE: pathToFileURL(place.library).href,
    SUITES_FOLDER: place.cassettes,
    // Node core's tests take their temporary folder by this.
    TEST_THREAD_ID: String(slot),
  }
}

/** Ends the process and all that it started. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has ended.
  }
}

export interface Run {
  readonly outcome: Outcome
  /** The end of what the processes printed, for a person who looks into a failure. */
  readonly output: string
}

/** Runs one file of a suite. Two runs at once need different `slot`s. */
export async function runFile(file: string, setting: Setting, place: Place, slot: number): Promise<Run> {
  const { suite, folder, node, limitMs } = place
  const child = spawn(node, suite.command(file, folder), {
    cwd: folder,
    env: environment(setting, place, slot),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    killGroup(child.pid)
  }, limitMs)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(String(error)))
    child.once('exit', (code, signal) => {
      // What it left running holds the pipes.
      killGroup(child.pid)
      resolve(signal ?? String(code))
    })
  })
  const [out, errors, ending] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  clearTimeout(timer)
  const outcome = new Map<string, boolean>()
  for (const { title, passed } of suite.report === 'tap' ? readTap(out) : [])
    if (passed !== undefined) outcome.set(title, passed && outcome.get(title) !== false)
  const explained = [...outcome.values()].includes(false)
  if (late || !explained || suite.report === 'exit') outcome.set(WHOLE_FILE, ending === '0')
  const note = late ? `stopped after ${limitMs} ms` : `ended with ${ending}`
  return { outcome, output: `${note}\n${out}\n${errors}`.slice(-6000) }
}
