// @types/jsdom would add the DOM's globals to every file of this project.
declare module 'jsdom' {
  export class VirtualConsole {
    sendTo(console: object): this
  }
  export class JSDOM {
    constructor(html: string, options: { url: string; virtualConsole: VirtualConsole })
    readonly window: { readonly XMLHttpRequest: new () => unknown; close(): void }
  }
}
declare module 'node-fetch2' {
  const fetch: (url: string, init?: Record<string, unknown>) => Promise<unknown>
  export default fetch
}
