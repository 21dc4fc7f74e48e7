/** Reads the stream to its last event before it sends the request that brought that event about. */
import { withCassette } from '../../../src/index.ts'

const target = process.env['TARGET'] ?? ''
const said = await withCassette(process.env['TAPE'] ?? '', { mode: 'none' }, async () => {
  const response = await fetch(`${target}/sse/one`)
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('done')) break
  }
  const pushed = await fetch(`${target}/push/one`, { method: 'POST', body: 'done' })
  return `done, ${await pushed.text()}`
})
process.stdout.write(`${said}\n`)
