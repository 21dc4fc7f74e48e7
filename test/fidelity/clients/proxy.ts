import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

let worker: Worker | undefined
let port = 0

/** A proxy on 127.0.0.1, always on the same port. It is stopped before the replay. */
export const proxy = {
  url: (): string => `http://127.0.0.1:${port}`,
  async start(): Promise<void> {
    worker = new Worker(new URL('../programs/proxy.ts', import.meta.url), { workerData: port })
    ;[port] = (await once(worker, 'message')) as [number]
    worker.unref()
  },
  /** Makes clients use a proxy at this URL, although none is running. */
  pretend(url: string): void {
    port = Number(new URL(url).port)
  },
  async stop(): Promise<void> {
    await worker?.terminate()
    worker = undefined
  },
}
