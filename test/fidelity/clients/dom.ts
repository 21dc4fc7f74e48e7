import { Window } from 'happy-dom'
import { JSDOM, VirtualConsole } from 'jsdom'
import { bodyView, errorView } from '../view.ts'
import type { Call, FidelityClient, View } from '../types.ts'
import { WAIT_MS } from './aborting.ts'
import { FETCH_LACKS, fetchClient, type FetchLike } from './fetch-client.ts'
import { type BodyClasses, wholeBody } from './objects.ts'

const XHR_LACKS: FidelityClient['lacks'] = {
  ...FETCH_LACKS,
  stream: 'XMLHttpRequest sends no streams',
  duplex: 'XMLHttpRequest sends no streams',
}

/** The part of XMLHttpRequest that these clients use. Its real types belong to the DOM library. */
interface Xhr {
  responseType: string
  timeout: number
  readonly readyState: number
  readonly status: number
  readonly statusText: string
  readonly response: ArrayBuffer | null
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getAllResponseHeaders(): string
  addEventListener(type: string, listener: () => void): void
  send(body?: unknown): void
  abort(): void
}

type DomWindow = BodyClasses & { readonly XMLHttpRequest: new () => unknown }

function viaXhr({ window, call }: { window: DomWindow; call: Call }): Promise<View> {
  const xhr = new window.XMLHttpRequest() as Xhr
  return new Promise((resolve) => {
    if (call.abort === 'before') {
      resolve({ error: ['never sent'] })
      return
    }
    const tell = (event: string): void =>
      resolve({
        status: xhr.status,
        reason: xhr.statusText,
        headers: (xhr.getAllResponseHeaders() ?? '')
          .split('\r\n')
          .filter((line) => line !== '')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
        ...(xhr.response ? { body: bodyView(new Uint8Array(xhr.response)) } : {}),
        ...(event === 'load' ? {} : { error: [event] }),
      })
    try {
      xhr.open(call.method, call.url)
      xhr.responseType = 'arraybuffer'
      if (call.timeoutMs) xhr.timeout = call.timeoutMs
      for (const [name, value] of call.headers) xhr.setRequestHeader(name, value)
      for (const type of ['load', 'error', 'abort', 'timeout']) xhr.addEventListener(type, () => tell(type))
      xhr.addEventListener('readystatechange', () => {
        if (call.abort === 'at-head' && xhr.readyState === 2) xhr.abort()
        if (call.abort === 'in-body' && xhr.readyState === 3) xhr.abort()
      })
      xhr.send(wholeBody(call, window))
      if (call.abort === 'waiting') setTimeout(() => xhr.abort(), WAIT_MS)
    } catch (error) {
      resolve({ error: errorView(error) })
    }
  })
}

/** A page of the server's origin, so that its requests need no preflight. */
const originOf = (url: string): string => new URL(url).origin

const jsdoms = new Map<string, JSDOM>()
const windows = new Map<string, Window>()

function jsdomAt(url: string): JSDOM {
  const origin = originOf(url)
  const page =
    jsdoms.get(origin) ?? new JSDOM('', { url: `${origin}/`, virtualConsole: new VirtualConsole() })
  jsdoms.set(origin, page)
  return page
}

function windowAt(url: string): Window {
  const origin = originOf(url)
  const page = windows.get(origin) ?? new Window({ url: `${origin}/` })
  windows.set(origin, page)
  return page
}

const closeJsdom = (): void => {
  for (const page of jsdoms.values()) page.window.close()
  jsdoms.clear()
}
const closeHappyDom = async (): Promise<void> => {
  for (const page of windows.values()) await page.happyDOM.close()
  windows.clear()
}

const happyFetch: FetchLike = (url, init) => windowAt(url).fetch(url, init)

export const DOM_CLIENTS: readonly FidelityClient[] = [
  {
    name: 'jsdom XMLHttpRequest',
    family: 'jsdom',
    lacks: XHR_LACKS,
    dialect: 'plain',
    send: (call) => viaXhr({ window: jsdomAt(call.url).window as unknown as DomWindow, call }),
    never: { '102 and 103 before the response': 'jsdom waits for ever behind an interim response' },
    close: closeJsdom,
  },
  {
    name: 'happy-dom XMLHttpRequest',
    family: 'happy-dom',
    lacks: { ...XHR_LACKS, timeout: 'happy-dom’s XMLHttpRequest heeds no timeout' },
    never: {
      '304 Not Modified': 'happy-dom waits for ever',
      'aborted in the body': 'happy-dom tells no abort',
    },
    dialect: 'plain',
    send: (call) => viaXhr({ window: windowAt(call.url), call }),
    close: closeHappyDom,
  },
  fetchClient({
    name: 'happy-dom fetch',
    family: 'happy-dom',
    fetch: happyFetch,
    classes: (call) => windowAt(call.url),
    never: {
      '304 Not Modified': 'happy-dom waits for ever',
      'aborted before it is sent': 'happy-dom sends it all the same, and waits',
    },
    close: closeHappyDom,
  }),
]
