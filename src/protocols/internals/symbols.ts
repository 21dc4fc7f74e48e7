/** The object's own symbol with this description. Libraries keep their state under symbols that they do not export. */
export const ownSymbol = (object: object, description: string): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)

/** Whether the interceptors control this socket: one connected before they were applied is out of reach. */
export const isIntercepted = (socket: object): boolean => ownSymbol(socket, 'kPatched') !== undefined
