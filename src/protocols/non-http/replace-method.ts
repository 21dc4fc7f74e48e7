export type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Replaces a method with `wrap(original)`. Keeps the properties that Node sets on it, such as `util.promisify.custom`.
 */
export function replaceMethod(owner: object, name: string, wrap: (original: Method) => Method): void {
  const original: unknown = Reflect.get(owner, name)
  if (typeof original !== 'function') return
  const wrapped = wrap(original as Method)
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original))
  Reflect.set(owner, name, wrapped)
}
