/** A program whose references, sessions and pools are all older than the package. */
import http2, { connect } from 'node:http2'

const { URL_ = '', TAPE = '', MODE } = process.env
const session = MODE === 'all' ? http2.connect(URL_) : undefined
const ask = (on: http2.ClientHttp2Session, path: string): Promise<string> =>
  new Promise((resolve) => {
    const stream = on.request({ ':path': path })
    stream.setEncoding('utf8')
    let text = ''
    stream.on('data', (chunk: string) => void (text += chunk))
    stream.on('error', (error) => void (text += error.message))
    stream.on('close', () => resolve(text))
  })
if (session) await ask(session, '/warm')

const { withCassette } = await import('../../../src/index.ts')
await withCassette(TAPE, { mode: MODE === 'all' ? 'all' : 'none' }, async () => {
  const own = session ?? connect(URL_)
  console.log(await ask(own, '/one'), await ask(own, '/two'))
  const other = connect(URL_)
  console.log(await ask(other, '/three'))
  other.close()
  own.close()
})
