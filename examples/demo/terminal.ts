import { stripVTControlCharacters } from 'node:util'

import { colorsFor } from '../../src/colors.ts'

const pc = colorsFor(1)

/** Prints a numbered heading after an empty line. */
export function heading(number: number, title: string, aside = ''): void {
  console.log(`\n ${pc.bold(pc.cyan(String(number)))}  ${pc.bold(title)}  ${pc.dim(aside)}\n`)
}

export function note(text: string): void {
  console.log(`    ${pc.dim(text)}`)
}

/** Formats milliseconds for people: `4 ms`, `1.32 s`. The text is eight characters wide. */
export function duration(ms: number): string {
  return (ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(2)} s`).padStart(8)
}

/** Prints a piece of a stream when it arrives. */
export function writeToken(text: string): void {
  process.stdout.write(pc.dim(text.replaceAll('\n', '\n      ')))
}

/** Prints the lines of a file or an error message with a rule at the left, cut to the width of a terminal. */
export function quote(lines: readonly string[]): void {
  for (const line of lines) {
    const plain = stripVTControlCharacters(line)
    console.log(`    ${pc.dim('│')} ${plain.length > 110 ? `${plain.slice(0, 109)}…` : line}`)
  }
}
