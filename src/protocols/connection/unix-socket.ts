/** A connection to a unix socket or a named pipe. */
export interface UnixSocket {
  readonly path: string
  /** The host that the client named beside it, for its `Host` header only. */
  readonly host: string
}

/**
 * The address of a request over a unix socket, which clients have as one to `http://localhost` or to a host of their
 * choice: `http+unix://FILE/path`. Of the socket's path only the file's name counts: folders differ between machines
 * (`/run`, `/var/run`, `~/.docker/run`) and, of test servers, between runs, as free ports do.
 */
export function unixUrl(url: string, socket: UnixSocket): string {
  const { hostname, protocol, host } = new URL(url)
  // In a tunnel, or for a proxy: the address is the server's.
  if (hostname.replace(/^\[(.*)\]$/, '$1') !== socket.host.toLowerCase()) return url
  const name = socket.path.split(/[/\\\0]/).findLast((part) => part !== '') ?? 'socket'
  const rest = url.slice(url.indexOf(host, protocol.length) + host.length)
  return `${protocol.slice(0, -1)}+unix://${encodeURIComponent(name)}${rest.startsWith('/') ? '' : '/'}${rest}`
}
