/** Uses fetch, TLS that offers HTTP/2, and its own undici. Prints the global dispatchers after each step. */
import { once } from 'node:events'
import { createRequire } from 'node:module'
import tls from 'node:tls'

const { TAPE, CA = '', HTTP = '', PORT } = process.env
const SLOTS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]
const { cache } = createRequire(import.meta.url)

// The built-in dispatcher is made when fetch, or a class of it, is first used.
void globalThis.Response
const builtIn = (Reflect.get(globalThis, SLOTS[0]!) as object).constructor

const steps: Record<string, unknown> = {}
const files: Record<string, string[]> = {}

function tell(step: string): void {
  steps[step] = SLOTS.map((slot) => {
    const dispatcher = Reflect.get(globalThis, slot) as object | undefined
    const name = dispatcher?.constructor.name
    return {
      exists: Object.hasOwn(globalThis, slot),
      name: dispatcher?.constructor === builtIn ? `built-in ${name}` : name,
    }
  })
  files[step] = Object.keys(cache)
    .filter((name) => /[/\\]node_modules[/\\]undici[/\\]/.test(name))
    .map((name) => name.replace(/^.*[/\\]undici[/\\]/, ''))
}

async function chosenProtocol(): Promise<string | false | null> {
  const ALPNProtocols = ['h2', 'http/1.1']
  const socket = tls.connect({ host: '127.0.0.1', port: Number(PORT), ca: CA, ALPNProtocols })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.destroy()
  return socket.alpnProtocol
}

async function run(): Promise<unknown[]> {
  tell('open')
  const first = await (await fetch(`${HTTP}/first`)).text()
  const chosen = await chosenProtocol()
  tell('asked')
  const second = await (await fetch(`${HTTP}/second`)).text()
  const undici = await import('undici')
  tell('own undici')
  const third = await (await undici.request(`${HTTP}/third`)).body.text()
  const fourth = await (await undici.fetch(`${HTTP}/fourth`)).text()
  return [first, chosen, second, third, fourth, typeof undici.getGlobalDispatcher().dispatch]
}

let said: unknown[]
if (TAPE === undefined) said = await run()
else {
  const { withCassette } = await import('../../../src/index.ts')
  tell('import')
  said = await withCassette(TAPE, { mode: 'all' }, run)
}
process.stdout.write(JSON.stringify({ steps, files, said }))
