import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

import { type CassetteOptions, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { type EventsServer, EventServer, http2Events, socketEvents } from '../../helpers/event-server.ts'
import { runProgram } from '../../helpers/program.ts'

/** What a program saw, in order. */
type Log = string[]

/** Reads a stream, and notes in `log` what comes. */
interface Reader {
  /** Resolves when `text` has come. */
  saw(text: string): Promise<void>
  leave(): void
}

type Open = (name: string, log: Log) => Promise<Reader>

function reader(log: Log): { heard(text: string): void; saw(text: string): Promise<void> } {
  let all = ''
  const waiting = new Set<() => void>()
  return {
    heard(text) {
      all += text
      log.push(`heard ${/\w+/.exec(text.replace(/data: |event/g, ''))?.[0]}`)
      for (const check of waiting) check()
    },
    saw: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (all.includes(text)) resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

describe('order between exchanges', () => {
  const events = new EventServer()
  const bench = testBench(events.handler)
  const record = (fn: () => Promise<unknown>, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'once', ...options }, fn)
  const replay = (fn: () => Promise<unknown>, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)
  const push = (name: string, event: string) =>
    fetch(bench.url(`/push/${name}`), { method: 'POST', body: event }).then((answer) => answer.text())
  const marks = (): string[] => [...(bench.read() ?? '').matchAll(/^ +since: .*$/gm)].map(([line]) => line)

  const fetched =
    (kind: string): Open =>
    async (name, log) => {
      const stop = new AbortController()
      const { heard, saw } = reader(log)
      const response = await fetch(bench.url(`/${kind}/${name}`), { signal: stop.signal })
      const body = response.body ?? []
      void (async () => {
        for await (const chunk of body) heard(Buffer.from(chunk).toString())
      })().catch(() => {})
      return { saw, leave: () => stop.abort() }
    }

  /** One stream and a POST: what the POST brings about comes after it, however long the program thinks. */
  async function asks(open: Open, thinkMs: number): Promise<Log> {
    const log: Log = []
    const stream = await open('one', log)
    await stream.saw('open')
    for (const event of ['first', 'second']) {
      await sleep(thinkMs)
      log.push(`asks ${event}`)
      await push('one', event)
      await stream.saw(event)
    }
    stream.leave()
    return log
  }
  const expected = ['heard open', 'asks first', 'heard first', 'asks second', 'heard second']

  describe('an event waits for the request that brought it about', () => {
    const servers: EventsServer[] = []
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.close()
    })

    const opens: Readonly<Record<string, () => Promise<Open>>> = {
      'server-sent events': async () => fetched('sse'),
      'lines of JSON': async () => fetched('lines'),
      'a chunked text': async () => fetched('text'),
      'a WebSocket': async () => {
        const server = await socketEvents(events)
        servers.push(server)
        return async (name, log) => {
          const { heard, saw } = reader(log)
          const socket = new WebSocket(`${server.url}/${name}`)
          socket.on('message', (data) => heard((data as Buffer).toString()))
          return { saw, leave: () => socket.terminate() }
        }
      },
      'HTTP/2 data': async () => {
        const server = await http2Events(events)
        servers.push(server)
        return async (name, log) => {
          const { heard, saw } = reader(log)
          const session = http2.connect(server.url)
          const stream = session.request({ ':path': `/${name}` })
          stream.on('data', (chunk: Buffer) => heard(chunk.toString()))
          return { saw, leave: () => session.destroy() }
        }
      },
    }
    for (const [title, make] of Object.entries(opens))
      it(`on ${title}`, async () => {
        const open = await make()
        assert.deepEqual(await record(() => asks(open, 5)), expected)
        assert.equal(marks().length, 1, bench.read() ?? '')
        for (const timing of ['instant', 'recorded'] as const)
          assert.deepEqual(await replay(() => asks(open, 60), { timing }), expected)
      })
  })

  async function polls(thinkMs: number): Promise<Log> {
    const log: Log = []
    const answer = fetch(bench.url('/poll/one')).then(async (response) => {
      const { event } = (await response.json()) as { event: string }
      log.push(`polled ${event}`)
    })
    await sleep(thinkMs)
    log.push('asks')
    await push('one', 'ready')
    await answer
    return log
  }

  it('a long poll is answered after the request that brought its answer about', async () => {
    assert.deepEqual(await record(() => polls(5)), ['asks', 'polled ready'])
    assert.match(marks().join('\n'), /^ +since: \[\[head, [0-9a-f]{16}\]\]$/)
    assert.deepEqual(await replay(() => polls(60)), ['asks', 'polled ready'])
  })

  async function twoStreams(thinkMs: number): Promise<Log> {
    const log: Log = []
    const streams = [await fetched('sse')('one', log), await fetched('lines')('two', log)] as const
    await Promise.all(streams.map((stream) => stream.saw('open')))
    for (const [at, name] of ['two', 'one', 'two'].entries()) {
      await sleep(thinkMs)
      log.push(`asks ${name}${at}`)
      await push(name, `${name}${at}`)
      await streams[name === 'one' ? 0 : 1].saw(`${name}${at}`)
    }
    for (const stream of streams) stream.leave()
    return log
  }

  it('two streams at once get their events after what brought them about', async () => {
    const live = await record(() => twoStreams(5))
    assert.deepEqual(await replay(() => twoStreams(50)), live)
  })

  it('a compressed stream keeps its order', async () => {
    assert.deepEqual(await record(() => asks(fetched('sse'), 5)), expected)
    // A server that compresses: the body is stored decoded, and is encoded again in replay.
    const text = (bench.read() ?? '').replace(
      'content-type: text/event-stream',
      'content-type: text/event-stream\n        content-encoding: gzip',
    )
    writeFileSync(bench.path(), text)
    assert.deepEqual(await replay(() => asks(fetched('sse'), 60)), expected)
  })

  it('the answer to the request comes before the event, if it can', async () => {
    const log: Log = []
    const program = async (): Promise<Log> => {
      log.length = 0
      const stream = await fetched('sse')('one', log)
      await stream.saw('open')
      await sleep(20)
      await Promise.all([push('one', 'done').then(() => log.push('answered')), stream.saw('done')])
      stream.leave()
      return [...log]
    }
    await record(program)
    assert.deepEqual(await replay(program), ['heard open', 'answered', 'heard done'])
  })

  it('an event that comes with a request still being uploaded does not wait for ever', async () => {
    const program = async (): Promise<Log> => {
      const log: Log = []
      const stream = await fetched('sse')('one', log)
      await stream.saw('open')
      const sent = fetch(bench.url('/push/one'), {
        method: 'POST',
        body: new ReadableStream({
          async start(controller) {
            controller.enqueue(Buffer.from('slow'))
            await sleep(50)
            controller.close()
          },
        }),
        duplex: 'half',
      })
      await Promise.all([sent, stream.saw('slow')])
      stream.leave()
      return log
    }
    const live = await record(program)
    assert.deepEqual(await replay(program), live)
  })

  describe('marks', () => {
    it('are not written if exchanges do not overlap', async () => {
      await record(async () => {
        for (const name of ['a', 'b', 'c']) await push(name, name)
      })
      assert.deepEqual(marks(), [])
    })

    it('are not written for parallel reads, calls of one operation and answers of a model', async () => {
      const ask = (path: string, method: string) => fetch(bench.url(path), { method })
      await record(async () => {
        for (const [method, path] of [
          ['GET', '/slow/read'],
          ['POST', '/slow/query'],
        ] as const)
          await Promise.all([1, 2, 3].map((page) => ask(`${path}?page=${page}`, method)))
        const messages = [{ role: 'user', content: 'hi' }]
        await Promise.all(
          ['a', 'b'].map((model) =>
            fetch(bench.url('/v1/chat/completions'), {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ model, messages }),
            }),
          ),
        )
      })
      assert.match(bench.read() ?? '', /api: openai-chat/)
      assert.deepEqual(marks(), [])
    })

    it('name the requests by a range, one name for each part', async () => {
      await record(async () => {
        const stream = await fetched('sse')('one', [])
        await stream.saw('open')
        await Promise.all(['x', 'y', 'z'].map((name) => push(name, name)))
        await push('one', 'done')
        await stream.saw('done')
        stream.leave()
      })
      const sse = marks().filter((line) => !line.includes('head'))
      assert.equal(sse.length, 1)
      assert.match(sse[0] ?? '', /^ +since: \[\[\d+, [0-9a-f]{16}\.\.[0-9a-f]{16}\]\]$/)
    })

    it('are the same when the same traffic is recorded again', async () => {
      await record(() => twoStreams(5))
      const first = marks()
      for (let run = 0; run < 3; run++) {
        await record(() => twoStreams(2), { mode: 'all' })
        assert.deepEqual(marks(), first)
      }
    })
  })

  describe('a request that does not come', () => {
    const once = async (): Promise<void> => {
      const stream = await fetched('sse')('one', [])
      await stream.saw('open')
      await push('one', 'done')
      await stream.saw('done')
      stream.leave()
    }
    const withoutAsking = async (): Promise<string> => {
      const warnings: Error[] = []
      const onWarning = (warning: Error): void => void warnings.push(warning)
      process.on('warning', onWarning)
      const from = performance.now()
      await replay(async () => {
        const stream = await fetched('sse')('one', [])
        await stream.saw('done')
        stream.leave()
      })
      await sleep(1)
      process.removeListener('warning', onWarning)
      const ms = performance.now() - from
      return `${ms < 4000 ? 'at once' : ms < 6000 ? 'after 5 s' : 'too late'}: ${warnings.map(({ message }) => message).join()}`
    }

    it('is waited for 5 seconds, then a warning names both', async () => {
      await record(once)
      const said = await withoutAsking()
      assert.match(
        said,
        /^after 5 s: The response of GET \S+\/sse\/one \(interaction [0-9a-f]{16}\) waited 5 s/,
      )
      assert.match(said, /for POST \S+\/push\/one \(interaction [0-9a-f]{16}\)/)
    })

    it('is waited for twice by a program that sends nothing any more', async () => {
      await record(async () => {
        const stream = await fetched('sse')('one', [])
        await stream.saw('open')
        for (const event of ['a', 'b', 'c', 'd', 'done']) await push('one', event)
        await stream.saw('done')
        stream.leave()
      })
      const from = performance.now()
      await withoutAsking()
      assert.ok(performance.now() - from < 12_000)
    }).timeout(30_000)

    it('is not waited for if it is not in the file, and the warning says so', async () => {
      await record(once)
      const text = bench.read() ?? ''
      writeFileSync(bench.path(), text.replace(/(since: \[\[\d+, )[^\]]*/, '$10123456789abcdef'))
      assert.match(
        await withoutAsking(),
        /^at once: .*"since" of GET .* names the interaction 0123456789abcdef/,
      )
    })

    it('is not waited for if nothing in the process can send it', async () => {
      await record(once)
      const from = performance.now()
      const { stdout, stderr, code } = await runProgram('test/session/programs/one-by-one.ts', {
        TARGET: bench.url(''),
        TAPE: bench.path(),
      })
      assert.deepEqual({ stdout, stderr, code }, { stdout: 'done, pushed\n', stderr: '', code: 0 })
      assert.ok(performance.now() - from < 4000)
    })
  })

  describe('an exchange that was open when its cassette was closed', () => {
    const open = (ms: number) => async (): Promise<string> => {
      const response = await fetch(bench.url('/sse/one'))
      const body = response.body?.getReader()
      await body?.read()
      const ended = body?.read().then(
        ({ done }) => (done ? 'ended' : 'went on'),
        () => 'cut',
      )
      void ended?.then((how) => closings.push(how))
      return (await Promise.race([ended, sleep(ms, 'open')])) ?? ''
    }
    const closings: string[] = []

    it('stays open in replay, until the cassette is closed', async () => {
      assert.equal(await record(open(20)), 'open')
      assert.match(bench.read() ?? '', /^ {4}incomplete: true\n {4}open: true$/m)
      closings.length = 0
      assert.equal(await replay(open(1800)), 'open')
      await sleep(50)
      assert.deepEqual(closings, ['cut'])
    })

    it('stays open in replay, if it was not answered yet', async () => {
      const poll = (ms: number) => async (): Promise<string> => {
        const stop = new AbortController()
        const answer = fetch(bench.url('/poll/none'), { signal: stop.signal }).then(
          () => 'answered',
          () => 'failed',
        )
        return Promise.race([answer, sleep(ms, 'open')])
      }
      assert.equal(await record(poll(20)), 'open')
      assert.equal(await replay(poll(1800)), 'open')
    })
  })
})
