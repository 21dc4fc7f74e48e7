/** The object's own symbol with this description. Libraries keep their state under symbols that they do not export. */
export const ownSymbol = (object: object, description: string): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)

/** Under it a socket that was connected while it was patched has its controller. */
export const CONTROLLER = Symbol('cassette.connection')

/** Whether this socket was connected while it was patched. One that was connected before is out of reach. */
export const isIntercepted = (socket: object): boolean => Reflect.get(socket, CONTROLLER) !== undefined

/** Whether another copy of the interceptors controls this socket. */
export const isForeign = (socket: object): boolean => ownSymbol(socket, 'kPatched') !== undefined

const OWN = Symbol('cassette.own')

/** Tells that cassette opened this socket for a request of its own. */
export const markAsOwn = (socket: object): void => void Reflect.set(socket, OWN, true)

/** Whether cassette opened this socket for a request of its own. */
export const isOwnSocket = (socket: object): boolean => Reflect.get(socket, OWN) === true
