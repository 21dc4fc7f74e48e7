import assert from 'node:assert/strict'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { createGunzip, createGzip } from 'node:zlib'

import { type CassetteMiss, withCassette } from '../../../src/index.ts'
import { readFileSync } from 'node:fs'
import { parseFrame, renderFrame } from '../../../src/exchange/wire/eventstream-frame.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { ANSWERS, echo, overHttp, talks, WORDS } from '../conversation-clients.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'

const cut = async (response: IncomingMessage): Promise<never> => {
  await once(response, 'close')
  throw new Error('cut')
}

describe('conversations: a client that waits for an answer before it sends on', () => {
  const bench = testBench((_, response) => void response.end())
  const up = { server: http.createServer(), url: '' }
  const serve = async (handler: http.RequestListener): Promise<void> => {
    up.server = http.createServer(handler)
    up.server.listen(0, '127.0.0.1')
    await once(up.server, 'listening')
    up.url = `http://127.0.0.1:${(up.server.address() as AddressInfo).port}/talk`
  }
  const stop = async (): Promise<void> => {
    up.server.closeAllConnections()
    up.server.close()
    await once(up.server, 'close')
  }
  afterEach(async () => {
    if (up.server.listening) await stop()
  })

  for (const [name, talk] of Object.entries(talks)) {
    describe(name, () => {
      it('is recorded while it goes on, and replayed in the same turns', async () => {
        await serve(echo)
        const path = bench.path()
        assert.deepEqual(await withCassette(path, { mode: 'once' }, () => talk(up.url, WORDS)), ANSWERS)
        await stop()
        for (let i = 0; i < 2; i++)
          assert.deepEqual(await withCassette(path, { mode: 'none' }, () => talk(up.url, WORDS)), ANSWERS)
      })

      it('fails with a miss if the client sends something else', async () => {
        await serve(echo)
        const path = bench.path()
        await withCassette(path, { mode: 'once' }, () => talk(up.url, WORDS))
        await stop()
        const run = withCassette(path, { mode: 'none' }, () => talk(up.url, ['one', 'zwei', 'three']))
        await assert.rejects(run, (error: CassetteMiss) => {
          assert.equal(error.code, 'CASSETTE_MISS')
          return error.differences.length > 0
        })
      })

      it('goes live in new_episodes if no recording begins like it', async () => {
        await serve(echo)
        const path = bench.path()
        await withCassette(path, { mode: 'once' }, () => talk(up.url, ['other']))
        await withCassette(path, { mode: 'new_episodes' }, async (cassette) => {
          assert.deepEqual(await talk(`${up.url}?new`, WORDS), ANSWERS)
          assert.equal(cassette.recorded, 1)
        })
      })
    })
  }

  it('two conversations of one address get the recordings that begin like them', async () => {
    await serve((request, response) => {
      request.once('data', (chunk: Buffer) => {
        response.writeHead(200)
        response.write(`${chunk.toString()}?`)
        request.on('data', (more: Buffer) => response.write(`${more.toString()}!`))
        request.on('end', () => response.end('bye'))
      })
    })
    const speakFirst = async (words: readonly string[]): Promise<string[]> => {
      const request = http.request(up.url, { method: 'POST' })
      request.write(words[0])
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      const heard = [String(((await once(response, 'data')) as [Buffer])[0])]
      for (const word of words.slice(1)) {
        request.write(word)
        heard.push(String(((await once(response, 'data')) as [Buffer])[0]))
      }
      request.end()
      for await (const chunk of response) heard.push(String(chunk))
      return heard
    }
    const path = bench.path()
    const [a, b] = [
      ['a', 'b'],
      ['x', 'y'],
    ]
    const live = await withCassette(path, { mode: 'once' }, () => Promise.all([speakFirst(a), speakFirst(b)]))
    await stop()
    const replayed = await withCassette(path, { mode: 'none' }, () =>
      Promise.all([speakFirst(b), speakFirst(a)]),
    )
    assert.deepEqual(replayed, live.toReversed())
  })

  it('an upload that was answered before its end is answered again, even if more is sent', async () => {
    await serve((request, response) => {
      request.once('data', () => {
        response.writeHead(413, { 'content-type': 'text/plain' })
        response.end('too much')
      })
    })
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const upload = async (): Promise<[number | undefined, string]> => {
      const request = http.request(up.url, { method: 'POST' })
      request.on('error', () => {})
      const sending = setInterval(() => request.write(chunk), 1)
      try {
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        const body: Buffer[] = []
        for await (const part of response) body.push(part as Buffer)
        return [response.statusCode, Buffer.concat(body).toString()]
      } finally {
        clearInterval(sending)
        request.destroy()
      }
    }
    const path = bench.path()
    const live = await withCassette(path, { mode: 'once', onRecordError: 'record' }, upload)
    assert.deepEqual(live, [413, 'too much'])
    await stop()
    assert.match(readFileSync(path, 'utf8'), /^ {6}incomplete: true$/m)
    assert.deepEqual(await withCassette(path, { mode: 'none' }, upload), live)
  })

  it('a message that differs is a miss at once, although the client waits for an answer to it', async () => {
    await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
      response.flushHeaders()
      request.on('data', (chunk: Buffer) => response.write(chunk))
      request.on('end', () => response.end())
    })
    const message = (text: string, signature: string): Buffer =>
      renderFrame({ ':chunk-signature': signature }, Buffer.from(text))
    let run = 0
    const talk = async (words: readonly string[]): Promise<string[]> => {
      const signature = `signed in run ${run++}`
      const headers = { 'content-type': 'application/vnd.amazon.eventstream' }
      const request = http.request(up.url, { method: 'POST', headers })
      const failed = once(request, 'error').then(([error]) => {
        throw error as Error
      })
      failed.catch(() => {})
      request.flushHeaders()
      const [response] = (await Promise.race([once(request, 'response'), failed])) as [IncomingMessage]
      response.on('error', () => {})
      const heard: string[] = []
      for (const word of words) {
        request.write(message(word, signature))
        const [chunk] = (await Promise.race([once(response, 'data'), failed, cut(response)])) as [Buffer]
        heard.push(parseFrame(chunk)?.payload.toString() ?? '')
      }
      request.end()
      response.resume()
      await once(response, 'end')
      return heard
    }
    const path = bench.path()
    await withCassette(path, { mode: 'once' }, () => talk(WORDS))
    await stop()
    assert.deepEqual(await withCassette(path, { mode: 'none' }, () => talk(WORDS)), WORDS)
    const elapsed = stopwatch()
    const run2 = withCassette(path, { mode: 'none' }, () => talk(['one', 'zwei', 'three']))
    await assert.rejects(run2, { code: 'CASSETTE_MISS' })
    assert.ok(elapsed() < 1000)
  })

  it('a compressed request is compared by its decoded body', async () => {
    await serve((request, response) => {
      response.flushHeaders()
      const words = request.pipe(createGunzip())
      words.on('data', (chunk: Buffer) => response.write(`${chunk.toString()}!`))
      words.on('end', () => response.end('bye'))
    })
    const talk = async (words: readonly string[]): Promise<string[]> => {
      const request = http.request(up.url, { method: 'POST', headers: { 'content-encoding': 'gzip' } })
      request.on('error', () => {})
      request.flushHeaders()
      const packed = createGzip()
      packed.pipe(request)
      const answered = once(request, 'response')
      const heard: string[] = []
      let response: IncomingMessage | undefined
      for (const word of words) {
        packed.write(word)
        packed.flush()
        response ??= ((await answered) as [IncomingMessage])[0]
        const [chunk] = (await Promise.race([once(response, 'data'), cut(response)])) as [Buffer]
        heard.push(chunk.toString())
      }
      packed.end()
      if (response) for await (const chunk of response) heard.push(String(chunk))
      return heard
    }
    const path = bench.path()
    assert.deepEqual(await withCassette(path, { mode: 'once' }, () => talk(WORDS)), ANSWERS)
    await stop()
    const elapsed = stopwatch()
    assert.deepEqual(await withCassette(path, { mode: 'none', strict: true }, () => talk(WORDS)), ANSWERS)
    assert.ok(elapsed() < 5000)
  })

  it('one message more than was recorded is a miss, although the client waits for an answer to it', async () => {
    await serve(echo)
    const path = bench.path()
    await withCassette(path, { mode: 'once' }, () => overHttp(up.url, WORDS))
    await stop()
    const run = withCassette(path, { mode: 'none' }, () => overHttp(up.url, [...WORDS, 'four']))
    await assert.rejects(run, { code: 'CASSETTE_MISS' })
  }).timeout(5000)

  it('the file has how much the client had sent when each part of the response came', async () => {
    await serve(echo)
    const path = bench.path()
    await withCassette(path, { mode: 'once' }, () => overHttp(up.url, WORDS))
    assert.match(
      readFileSync(path, 'utf8'),
      /after: 0\n +turns: \[\[0, 3\], \[4, 6\], \[8, 11\], \[14, all\]\]/,
    )
  })

  it('a request that is answered after its end has no turns', async () => {
    await serve((request, response) => {
      request.resume().on('end', () => response.end('ok'))
    })
    const path = bench.path()
    const body = 'x'.repeat(300_000)
    await withCassette(path, { mode: 'once' }, async () => {
      await (await fetch(up.url, { method: 'POST', body })).text()
      const request = http.request(up.url, { method: 'POST' })
      request.end(body)
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      await once(response, 'end')
    })
    assert.doesNotMatch(readFileSync(path, 'utf8'), /after:|turns:/)
  })
})
