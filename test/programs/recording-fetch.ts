/** Records one exchange with a fetch of its own, and prints what changed in the process, and whether others were recorded. */
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'

const [path = '', url = ''] = process.argv.slice(2)
const slots = [1, 2].map((n) => Symbol.for(`undici.globalDispatcher.${n}`))
const seen = (): unknown[] => [
  globalThis.fetch,
  http.request,
  http.Agent.prototype.createConnection,
  http2.connect,
  net.connect,
  net.Socket.prototype.connect,
  tls.connect,
  ...slots.map((slot) => Reflect.get(globalThis, slot)),
]
await fetch(`${url}/first`)
const before = seen()
const { recordingFetch } = await import('../../src/fetch.ts')
const recording = recordingFetch({ path })
await (await recording(`${url}/recorded`)).text()
await (await fetch(`${url}/by-fetch`)).text()
await new Promise((resolve) => {
  http.get(`${url}/by-http`, (response) => response.resume().once('end', resolve))
})
const after = seen()
const changed = before.flatMap((value, at) => (value === after[at] ? [] : [at]))
process.stdout.write(JSON.stringify({ changed, recorded: recording.recorded }))
// Not closed: the exit of the process writes the cassette.
