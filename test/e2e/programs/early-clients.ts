// A program that imports its clients before cassette. It uses all of them and keeps their connections before it opens
// its first cassette. It prints as JSON what each client got live, while recording, and in the replay.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENTS } from '../clients.ts'
import { withCassette } from '../../../src/index.ts'
import { startServer } from '../../helpers/server.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { answerAsProvider } from '../llm-upstream.ts'

const server = await startServer(answerAsProvider)
const folder = tempFolder()
const results: Record<string, unknown> = {}

for (const { name, ask } of CLIENTS) results[name] = { live: await ask(server.url, 'early') }

for (const [index, { name, ask }] of CLIENTS.entries()) {
  const asked = server.requests.length
  const path = join(folder.path, `${index}.yaml`)
  const recorded = await outcome(() => withCassette(path, () => ask(server.url, 'question')))
  const replayed = await outcome(() => withCassette(path, () => ask(server.url, 'question')))
  Object.assign(results[name] as object, { recorded, replayed, requests: server.requests.length - asked })
}
await server.close()
await sleep(20)
for (const [index, { name, ask }] of CLIENTS.entries()) {
  const path = join(folder.path, `${index}.yaml`)
  const gone = await outcome(() => withCassette(path, { mode: 'none' }, () => ask(server.url, 'question')))
  Object.assign(results[name] as object, { gone })
}
folder.remove()
process.stdout.write(JSON.stringify(results))

async function outcome(run: () => Promise<string>): Promise<string> {
  return run().catch(String)
}
