import type { Source } from '../base/foreign-source.ts'
import { ImportError } from '../errors/import-error.ts'
import { jsonElements } from './json-elements.ts'

/** @throws {ImportError} if a file is no JSON */
export function readJson(source: Source, bytes = source.bytes(), place = ''): unknown {
  try {
    // Some tools write a mark of the byte order, which `JSON.parse` refuses.
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new ImportError(source.path, place, `is no JSON: ${(cause as Error).message}`)
  }
}

/**
 * The elements of an array in a JSON file, one after the other.
 * @throws {ImportError} if an element is no JSON, or the file ends within the array
 */
export function* readElements(
  source: Source,
  path: readonly string[],
  what: string,
): Generator<unknown, void, void> {
  let count = 0
  for (const bytes of jsonElements(source.chunks(), path)) {
    count += 1
    yield readJson(source, bytes, `${what} ${count}`)
  }
}
