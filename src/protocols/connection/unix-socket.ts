/** A connection to a unix socket or a named pipe. */
export interface UnixSocket {
  readonly path: string
  /** The host that the client also named. It is used for the `Host` header only. */
  readonly host: string
}

/**
 * The URL of a request over a unix socket: `http+unix://FILE/path`. Clients use `http://localhost` or a host of their
 * choice. Of the socket's path only the file name counts: folders differ between machines (`/run`, `/var/run`,
 * `~/.docker/run`) and, for test servers, between runs.
 */
export function unixUrl(url: string, socket: UnixSocket): string {
  const { hostname, protocol, host } = new URL(url)
  // In a tunnel or through a proxy the URL already names the server.
  if (hostname.replace(/^\[(.*)\]$/, '$1') !== socket.host.toLowerCase()) return url
  const name = socket.path.split(/[/\\\0]/).findLast((part) => part !== '') ?? 'socket'
  const rest = url.slice(url.indexOf(host, protocol.length) + host.length)
  return `${protocol.slice(0, -1)}+unix://${encodeURIComponent(name)}${rest.startsWith('/') ? '' : '/'}${rest}`
}
