import { placeFields } from './plain.ts'
import type { Provider } from '../../types.ts'

/**
 * The opening of a WebSocket, whoever serves it: host, path, query and the subprotocols that are offered. Told by its URL
 * (`ws:`, `wss:`), so that it is another request than a plain GET of the same address.
 */
export const webSocket: Provider = {
  api: 'websocket',
  detect: (request) => request.webSocket === true,
  operation: () => 'websocket',
  route: ({ plainPath }) => ({ path: plainPath }),
  canonicalize(request) {
    const offered = request.headers.get('sec-websocket-protocol')?.split(',')
    return {
      fields: {
        ...placeFields(request),
        ...(offered ? { protocols: offered.map((one) => one.trim()) } : {}),
      },
    }
  },
}
