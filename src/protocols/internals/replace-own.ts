type Method = (...args: unknown[]) => unknown

/**
 * Puts a method in front of one that an object inherits, only for this object. A program that lists the object's
 * properties does not find it.
 */
export function replaceOwn(object: object, name: string, replace: (method: Method) => Method): void {
  const method: unknown = Reflect.get(object, name)
  if (typeof method !== 'function') return
  Object.defineProperty(object, name, {
    value: replace((...args) => Reflect.apply(method, object, args) as unknown),
    configurable: true,
    writable: true,
    enumerable: false,
  })
}
