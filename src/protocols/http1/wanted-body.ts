import type { BodyListener, IncomingRequest } from '../../exchange/gate.ts'
import type { Connection } from '../connection/connection.ts'

/** Makes the client send its body when somebody wants it before it is decided where the request goes. */
export function wanting(request: IncomingRequest, { control }: Connection): IncomingRequest {
  const follow = request.follow?.bind(request)
  return {
    ...request,
    body() {
      control.want()
      return request.body()
    },
    ...(follow
      ? {
          follow(listener: BodyListener) {
            control.want()
            follow(listener)
          },
        }
      : {}),
  }
}
