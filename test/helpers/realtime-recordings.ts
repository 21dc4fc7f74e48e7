import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

import type { Line } from './websocket-clients.ts'
import type { Serve } from './websocket-server.ts'

/** One message of a real realtime session. */
export interface RealtimeMessage {
  readonly from: 'client' | 'server'
  /** The text on the wire. */
  readonly text: string
}

export interface RealtimeRecording {
  readonly name: string
  readonly messages: readonly RealtimeMessage[]
}

interface Stored {
  readonly interactions: readonly { readonly direction: 'sent' | 'received'; readonly data: unknown }[]
}

/** Reads the recordings of one file or of a folder. */
export function readRealtimeRecordings(path: string): RealtimeRecording[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(path, name))
    : [path]
  return files.map((file) => ({
    name: basename(file, '.yaml').replace(/^realtime__test_/, ''),
    messages: (parse(readFileSync(file, 'utf8')) as Stored).interactions.map(({ direction, data }) => ({
      from: direction === 'sent' ? 'client' : 'server',
      text: JSON.stringify(data),
    })),
  }))
}

/** Plays the server's part, each message at its place, and checks the messages of the client. */
export function serveRecording({ messages }: RealtimeRecording): Serve {
  return (socket) => {
    let at = 0
    const speak = (): void => {
      for (let next = messages[at]; next?.from === 'server'; next = messages[++at]) socket.send(next.text)
      if (at === messages.length) socket.close(1000, 'the end')
    }
    socket.on('message', (data) => {
      const said = (data as Buffer).toString()
      if (said !== messages[at]?.text) return socket.close(4000, `message ${at} is another`)
      at++
      return speak()
    })
    speak()
  }
}

/** Plays the client's part. @returns the messages of the server */
export async function speakRecording({ messages }: RealtimeRecording, line: Line): Promise<string[]> {
  assert.equal((await line.next())[0], 'open')
  const heard: string[] = []
  for (const { from, text } of messages) {
    if (from === 'client') {
      line.send(text)
      continue
    }
    const what = await line.next()
    assert.equal(what[0], 'text')
    const [, data] = what
    heard.push(data)
  }
  assert.deepEqual((await line.closed).at(-1), ['close', 1000, 'the end'])
  return heard
}
