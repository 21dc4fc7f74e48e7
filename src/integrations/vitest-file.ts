import { cassettePath, type TestName } from './names.ts'
import { orphansOf, orphansWanted, printOrphans } from './orphans.ts'

/** What of vitest's tasks is used here: a test, a suite, or the file. */
export interface VitestTask {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly suite?: VitestTask
  readonly file: VitestTask & { readonly filepath: string }
  readonly tasks?: readonly VitestTask[]
  readonly result?: { state?: string; pending?: boolean }
}

/** The tests of one file: two of the same name are told apart by their order. */
export class VitestFile {
  readonly #path: string
  readonly #names = new Map<string, TestName>()

  constructor(task: VitestTask) {
    this.#path = task.file.filepath
    this.#collect(task.file, [], new Map())
  }

  nameOf(task: VitestTask): TestName {
    return this.#names.get(task.id) ?? { file: this.#path, suites: suitesOf(task), title: task.name }
  }

  printOrphans(): void {
    if (!orphansWanted()) return
    printOrphans(orphansOf(this.#path, [...this.#names.values()].map(cassettePath)))
  }

  #collect(parent: VitestTask, suites: readonly string[], seen: Map<string, number>): void {
    for (const task of parent.tasks ?? []) {
      if (task.tasks) {
        this.#collect(task, [...suites, task.name], seen)
        continue
      }
      const name = { file: this.#path, suites, title: task.name }
      const key = cassettePath(name)
      const occurrence = (seen.get(key) ?? 0) + 1
      seen.set(key, occurrence)
      this.#names.set(task.id, { ...name, occurrence })
    }
  }
}

function suitesOf(task: VitestTask): string[] {
  const titles: string[] = []
  for (let at = task.suite; at; at = at.suite) titles.unshift(at.name)
  return titles
}
