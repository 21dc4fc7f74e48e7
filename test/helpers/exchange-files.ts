import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

type Pairs = ReadonlyArray<readonly [name: string, value: string]>

/** One line of a `.jsonl` file of recorded exchanges: real provider traffic, with bodies as base64. */
export interface FixtureExchange {
  readonly source: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: Pairs
    readonly bodyBase64: string
  }
  readonly response: { readonly status: number; readonly headers: Pairs; readonly bodyBase64: string }
}

export interface ExchangeFile {
  readonly path: string
  readonly exchanges: readonly FixtureExchange[]
}

/** Reads the exchanges of one `.jsonl` file, or of all such files in a folder, sorted by name. */
export function readExchangeFiles(path: string): ExchangeFile[] {
  const paths = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.jsonl'))
        .toSorted()
        .map((name) => join(path, name))
    : [path]
  return paths.map((file) => ({
    path: file,
    exchanges: readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FixtureExchange),
  }))
}

export function headerOf(pairs: Pairs, name: string): string {
  return pairs.find(([key]) => key.toLowerCase() === name)?.[1] ?? ''
}

export function bodyOf(part: { readonly bodyBase64: string }): Buffer {
  return Buffer.from(part.bodyBase64, 'base64')
}
