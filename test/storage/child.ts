import { existsSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CassetteError } from '../../src/errors/cassette-error.ts'
import { renderCassette } from '../../src/cassette/cassette.ts'
import { type Journal, openJournal } from '../../src/storage/journal.ts'
import { loadCassette } from '../../src/storage/file.ts'
import { thisRun } from '../../src/storage/lock/identity.ts'
import { leftoverOf } from '../../src/storage/leftover.ts'
import { sampleText } from '../cassette/samples.ts'

/**
 * A recording process for tests. Its arguments are `COMMAND PATH [NUMBER]`. It prints one line on standard output for
 * each thing that it has done.
 */
const [command, path = '', number = '0', name = ''] = process.argv.slice(2)
const count = Number(number)
const HOST = 'test-host'

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function open(): Journal {
  return openJournal(path, { ...thisRun(new Date().toISOString()), host: HOST })
}

/** On one line: the last of an error's message, which leads to its page, is left out. */
function reason(error: unknown): string {
  return error instanceof CassetteError
    ? `${error.code} ${error.message.replace(/\nSee .*$/, '')}`
    : String(error)
}

/** Appends items until it is killed. */
async function record(): Promise<void> {
  const journal = open()
  for (let index = 0; index < count; index++) {
    journal.append(sampleText(`prompt ${index}`))
    say(`appended ${index}`)
  }
  say('done')
  await sleep(60_000)
}

/** Tries to get the lock as soon as the file `PATH.go` exists, like its rivals. Holds the lock until it is killed. */
async function race(): Promise<void> {
  say('ready')
  while (!existsSync(`${path}.go`)) continue
  try {
    say(`won ${open().recovered.length}`)
    await sleep(60_000)
  } catch (error) {
    say(`lost ${reason(error)}`)
  }
}

/** Appends items of `count` characters until one is refused. Then commits, and prints the result. */
function fill(): void {
  const journal = open()
  let appended = 0
  const texts: string[] = []
  try {
    for (; appended < 1000; appended++) {
      const text = `${sampleText(`prompt ${appended}`)}    filler: ${'x'.repeat(count)}\n`
      journal.append(text)
      texts.push(text)
    }
  } catch (error) {
    say(`refused after ${appended}: ${reason(error)}`)
  }
  try {
    journal.commit(renderCassette({ entries: texts, incomplete: false }))
    say('committed')
  } catch (error) {
    say(`not committed: ${reason(error)}`)
  }
  journal.leave()
}

/** Tries to begin a run and prints the result. */
function tryOpen(): void {
  try {
    open().discard()
    say('opened')
  } catch (error) {
    say(reason(error))
  }
}

/** Prints how many exchanges of an interrupted run a replay would find. */
function left(): void {
  const self = { ...thisRun(new Date().toISOString()), host: HOST }
  say(`left ${leftoverOf(path, self).length}`)
}

/** Records `count` exchanges into a cassette that others record into at the same time, each in a run of its own. */
async function share(): Promise<void> {
  for (let index = 0; index < count;) {
    try {
      const journal = openJournal(path, thisRun(new Date().toISOString()))
      const cassette = loadCassette(path)
      const text = sampleText(`${name} exchange ${index}`)
      journal.append(text)
      await sleep(1)
      const entries = [...(cassette?.entries ?? []), ...journal.recovered].map((entry) => entry.text)
      journal.commit(renderCassette({ cassette, entries: [...entries, text], incomplete: false }))
      index++
    } catch (error) {
      if (!(error instanceof CassetteError) || error.code !== 'CASSETTE_LOCKED') throw error
      await sleep(1 + Math.random() * 20)
    }
  }
  say('shared')
}

const commands: Readonly<Record<string, () => void | Promise<void>>> = {
  record,
  race,
  fill,
  tryOpen,
  left,
  share,
}
await commands[command ?? '']?.()
