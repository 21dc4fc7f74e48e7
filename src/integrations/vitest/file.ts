import { cassettePath, Occurrences, type TestName } from '../test-run/names.ts'
import { printLeftovers } from '../test-run/orphans.ts'

/** The parts of a vitest task (a test, a suite or the file) that this package uses. */
export interface VitestTask {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly suite?: VitestTask
  readonly file: VitestTask & { readonly filepath: string }
  readonly tasks?: readonly VitestTask[]
  readonly result?: { state?: string; pending?: boolean }
  concurrent?: boolean
  /** Set by `test.fails`. */
  fails?: boolean
}

/** The tests of one file. Their order tells tests of the same name apart. */
export class VitestFile {
  readonly #path: string
  readonly #tasks: readonly VitestTask[]
  readonly #names = new Map<string, TestName>()
  readonly #meantToFail = new Set<string>()

  constructor(task: VitestTask) {
    this.#path = task.file.filepath
    this.#tasks = task.file.tasks ?? []
    this.#collect(task.file, [], new Occurrences())
  }

  /** Makes concurrent tests run one after the other, because recording is process-wide. Call it before the tests begin. */
  serialise(): void {
    const serialise = (task: VitestTask): void => {
      if (task.concurrent === true) task.concurrent = false
      for (const inner of task.tasks ?? []) serialise(inner)
    }
    for (const task of this.#tasks) serialise(task)
  }

  isMeantToFail(task: VitestTask): boolean {
    return this.#meantToFail.has(task.id)
  }

  nameOf(task: VitestTask): TestName {
    return this.#names.get(task.id) ?? { file: this.#path, suites: suitesOf(task), title: task.name }
  }

  printLeftovers(): void {
    printLeftovers([[this.#path, [...this.#names.values()].map(cassettePath)]])
  }

  #collect(parent: VitestTask, suites: readonly string[], seen: Occurrences): void {
    for (const task of parent.tasks ?? []) {
      if (task.tasks) {
        this.#collect(task, [...suites, task.name], seen)
        continue
      }
      const name = { file: this.#path, suites, title: task.name }
      this.#names.set(task.id, { ...name, occurrence: seen.next(name) })
      if (task.fails === true) this.#meantToFail.add(task.id)
    }
  }
}

function suitesOf(task: VitestTask): string[] {
  const titles: string[] = []
  for (let at = task.suite; at; at = at.suite) titles.unshift(at.name)
  return titles
}
