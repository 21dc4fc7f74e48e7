// Replays the cassette that its first argument names through every WebSocket client, at the URLs that follow.
// Prints, as JSON, first what a client receives without a recording, then what each client received.
import { withCassette } from '../../../src/index.ts'
import { type Heard, type Line, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'

const [, , path = '', ...urls] = process.argv

async function talk(line: Line): Promise<readonly Heard[]> {
  await line.next()
  line.send('hello')
  await line.next()
  line.close(1000)
  return line.closed
}

const [first] = SOCKET_CLIENTS
const unanswered = await first?.open(urls[0] ?? '').closed
const heard: (readonly Heard[] | undefined)[] = [unanswered]
await withCassette(path, { mode: 'none' }, async () => {
  for (const url of urls) for (const client of SOCKET_CLIENTS) heard.push(await talk(client.open(url)))
})
process.stdout.write(JSON.stringify(heard))
