declare module 'node-fetch2' {
  const fetch: (url: string, init?: Record<string, unknown>) => Promise<unknown>
  export default fetch
}
