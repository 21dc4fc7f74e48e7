import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'

import { CassetteOptionError } from '../../errors/cassette-option-error.ts'
import { messageReader } from '../../exchange/message-json.ts'
import type { MessageReaders } from '../../exchange/exchange.ts'
import type { GrpcOptions } from '../options/options.ts'

/** The readers that `.proto` files give for the messages of each method, by its path: `/package.Service/Method`. */
export type ProtoReaders = ReadonlyMap<string, MessageReaders>

/** The part of `@grpc/proto-loader` that is used. */
interface ProtoLoader {
  loadSync(
    files: readonly string[],
    options: object,
  ): Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const LOADER = '@grpc/proto-loader'
/** Field names as in the `.proto`; 64-bit numbers and enums as strings. `messageReader` shortens long bytes. */
const AS_WRITTEN = { keepCase: true, longs: String, enums: String, json: true }

const loaded = new Map<string, ProtoReaders>()

/**
 * Reads `.proto` files. A file is read again only if it has changed. Paths are relative to the working directory.
 * @throws {CassetteOptionError} the loader is not installed, or a file is missing or does not parse: the error names file and line
 */
export function loadProtos({ protos, includeDirs = [] }: GrpcOptions): ProtoReaders {
  const folders = includeDirs.map((folder) => resolve(folder))
  const files = protos.map((proto) => fileOf(proto, folders))
  const key = JSON.stringify([folders, files.map((file) => [file, statSync(file).mtimeMs])])
  const known = loaded.get(key)
  if (known) return known
  const readers = read(files, [...folders, ...files.map((file) => dirname(file)), process.cwd()])
  loaded.set(key, readers)
  return readers
}

function fileOf(proto: string, folders: readonly string[]): string {
  const file = [resolve(proto), ...folders.map((folder) => resolve(folder, proto))].find((path) =>
    existsSync(path),
  )
  return file ?? fail(`${JSON.stringify(proto)}, which is not there`)
}

function read(files: readonly string[], includeDirs: readonly string[]): ProtoReaders {
  const loader = protoLoader()
  let definitions: ReturnType<ProtoLoader['loadSync']>
  try {
    definitions = loader.loadSync(files, { ...AS_WRITTEN, includeDirs: [...new Set(includeDirs)] })
  } catch (error) {
    const { message } = error as Error
    return fail(`${files.join(', ')}: ${message}${placeOf(message, files)}`)
  }
  const readers = new Map<string, MessageReaders>()
  for (const service of Object.values(definitions)) {
    for (const method of Object.values(service)) {
      const { path, requestDeserialize, responseDeserialize } = (method ?? {}) as MethodDefinition
      if (typeof path !== 'string' || !requestDeserialize || !responseDeserialize) continue
      readers.set(path, {
        request: messageReader(requestDeserialize),
        response: messageReader(responseDeserialize),
      })
    }
  }
  return readers
}

interface MethodDefinition {
  readonly path?: unknown
  readonly requestDeserialize?: (bytes: Buffer) => unknown
  readonly responseDeserialize?: (bytes: Buffer) => unknown
}

/** The program's own loader, which is a peer dependency; else the one that this package finds. */
function protoLoader(): ProtoLoader {
  for (const from of [resolve('package.json'), import.meta.url]) {
    const require = createRequire(from)
    try {
      require.resolve(LOADER)
    } catch {
      continue
    }
    return require(LOADER) as ProtoLoader
  }
  throw new CassetteOptionError(
    'grpc.protos',
    `the package ${LOADER} to read .proto files with (npm install --save-dev ${LOADER})`,
    'none that can be found from the working directory',
  )
}

/** Where the parser's error is, if its message has no line: the first line that has the type which was not found. */
function placeOf(message: string, files: readonly string[]): string {
  const name = /line \d+\)/.test(message) ? undefined : /'([\w.]+)'/.exec(message)?.[1]
  if (name === undefined) return ''
  for (const file of files) {
    const at = readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.split(/[^\w.]+/).includes(name))
    if (at >= 0) return ` (${file}, line ${at + 1})`
  }
  return ''
}

function fail(found: string): never {
  throw new CassetteOptionError('grpc.protos', 'paths of .proto files that can be read', found)
}
