import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { startServer, type Handler, type TestServer } from './server.ts'
import { tempFolder } from './temp-folder.ts'

export interface Bench {
  readonly server: TestServer
  /** A path in the test's own folder. Default: the test's cassette. */
  path(name?: string): string
  /** The text of a file; `undefined` if the file does not exist. */
  read(name?: string): string | undefined
  url(path: string): string
}

/** Gives every test of a suite a real server, its own folder, and an environment without `CI` and `CASSETTE_*`. */
export function testBench(handler: Handler): Bench {
  let server: TestServer | undefined
  let folder: ReturnType<typeof tempFolder> | undefined
  let environment: Record<string, string | undefined> = {}

  beforeEach(async () => {
    server = await startServer(handler)
    folder = tempFolder()
    environment = {}
    for (const name of ['CI', ...Object.keys(process.env).filter((one) => one.startsWith('CASSETTE_'))]) {
      environment[name] = process.env[name]
      delete process.env[name]
    }
  })
  afterEach(async () => {
    await server?.close()
    folder?.remove()
    for (const [name, value] of Object.entries(environment))
      if (value !== undefined) process.env[name] = value
  })

  const path = (name = 'tape.yaml'): string => join(folder?.path ?? '', name)
  return {
    get server() {
      if (!server) throw new Error('only inside a test')
      return server
    },
    path,
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : undefined),
    url: (rest) => `${server?.url ?? ''}${rest}`,
  }
}
