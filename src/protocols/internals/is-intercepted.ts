import { ownSymbol } from './symbols.ts'

/** Whether the interceptors control this socket: one connected before they were applied is out of reach. */
export const isIntercepted = (socket: object): boolean => ownSymbol(socket, 'kPatched') !== undefined
