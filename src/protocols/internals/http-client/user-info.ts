import { FetchRequest } from '@mswjs/interceptors'

type Input = ConstructorParameters<typeof Request>[0]

/** The URL without user name and password, which fetch's `Request` refuses. */
function withoutUserInfo(input: Input): Input {
  if (!(input instanceof URL) || (input.username === '' && input.password === '')) return input
  const plain = new URL(input)
  plain.username = ''
  plain.password = ''
  return plain
}

/**
 * Lets the interceptors read a request whose target names a user: `GET http://user:password@host/`, as a proxy is asked.
 * Otherwise their parser throws into the program's write, with the password in the message. The server still gets the
 * bytes that the client wrote.
 * @remarks Their class is not replaced, only its parent, which `super()` looks up at each call.
 */
export function allowUserInfo(): void {
  const parent = Reflect.getPrototypeOf(FetchRequest) as typeof Request
  class RequestWithoutUserInfo extends parent {
    constructor(input: Input, init?: RequestInit) {
      super(withoutUserInfo(input), init)
    }
  }
  Object.setPrototypeOf(FetchRequest, RequestWithoutUserInfo)
}
