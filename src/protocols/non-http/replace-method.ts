export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Puts `wrap(original)` in the place of a method, with what Node keeps on it (how it is to be promisified). */
export function replaceMethod(owner: object, name: string, wrap: (original: Method) => Method): void {
  const original: unknown = Reflect.get(owner, name)
  if (typeof original !== 'function') return
  const wrapped = wrap(original as Method)
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original))
  Reflect.set(owner, name, wrapped)
}
