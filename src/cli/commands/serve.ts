import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { startServer } from '../../server/server.ts'
import { readTokens } from '../../server/tokens.ts'
import { folderStore, projectsIn } from '../../stores/folder.ts'
import { withExamples } from '../command.ts'
import { EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

const log = (line: string): void => void process.stdout.write(`${line}\n`)

export const serve = withExamples(
  ['serve --dir /srv/cassettes --port 8080', 'serve --dir /srv/cassettes --port 8080 --host 0.0.0.0'],
  defineCommand({
    meta: {
      name: 'serve',
      description:
        'Serves a registry over HTTP, from a folder. Every request but /health needs a token; "cassette token create" makes one. TLS is for ' +
        'a proxy in front. The log is a line of JSON for each request, on standard output. SIGTERM and SIGINT end it when the requests that ' +
        'run are answered.',
    },
    args: {
      dir: { type: 'string', required: true, valueHint: 'DIR', description: 'the folder of the registry' },
      port: { type: 'string', default: '8080', valueHint: 'N', description: 'the port; 0: any free one' },
      host: {
        type: 'string',
        default: '127.0.0.1',
        valueHint: 'HOST',
        description: 'the address to listen at',
      },
    },
    async run({ args }): Promise<number> {
      if (!/^\d{1,5}$/.test(args.port) || Number(args.port) > 65_535)
        throw new UsageError(`--port needs a number up to 65535, not ${JSON.stringify(args.port)}`)
      const folder = resolve(args.dir)
      mkdirSync(folder, { recursive: true })
      const tokens = readTokens(folder).length
      const server = await startServer({
        store: folderStore(folder),
        projects: () => projectsIn(folder),
        folder,
        host: args.host,
        port: Number(args.port),
        log,
      })
      log(JSON.stringify({ time: isoNow(), event: 'listening', url: server.url, tokens }))
      await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
      log(JSON.stringify({ time: isoNow(), event: 'stopping' }))
      await server.stop()
      return EXIT.fine
    },
  }),
)
