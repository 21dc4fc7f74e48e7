import { defined } from '../../../base/defined.ts'
import { placeFields } from './plain.ts'
import type { Provider } from '../../types.ts'

/**
 * The opening request of any WebSocket: host, path, query and the offered subprotocols. The scheme (`ws:`, `wss:`) tells it
 * from a plain GET of the same address.
 */
export const websocket: Provider = {
  api: 'websocket',
  detect: (request) => request.websocket === true,
  operation: () => 'websocket',
  route: ({ plainPath }) => ({ path: plainPath }),
  canonicalize(request) {
    const offered = request.headers.get('sec-websocket-protocol')?.split(',')
    return {
      fields: { ...placeFields(request), ...defined({ protocols: offered?.map((one) => one.trim()) }) },
    }
  },
}
