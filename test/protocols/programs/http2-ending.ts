/** Ends by itself. Until then the session keeps the process alive, as it does live. */
import { once } from 'node:events'
import http2 from 'node:http2'

import { openCassette } from '../../../src/index.ts'

const { TAPE = '', URL_ = '', HOW } = process.env
const cassette = await openCassette(TAPE, { mode: 'none' })
process.on('exit', () => console.log('end'))

const session = http2.connect(URL_)
if (HOW === 'unref') session.unref()
else {
  await once(session, 'connect')
  const stream = session.request({ ':path': '/' })
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => process.stdout.write(text))
  stream.on('close', () => {
    session.close()
    void cassette.close()
  })
  if (HOW === 'closed') setImmediate(() => session.close())
}
