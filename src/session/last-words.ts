import { printLine } from './stderr.ts'

/** What a program that would have ended well ends with after a miss; as `cassette/register` does. */
const MISS_EXIT_CODE = 97

/** Tells a failure from an `exit` listener, where nothing asynchronous is written any more. */
export function lastWords(error: Error): void {
  printLine(`${error.name}: ${error.message}`)
  process.exitCode ||= MISS_EXIT_CODE
}
