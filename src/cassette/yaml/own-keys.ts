/** Sets an own key of any name. An assignment to `__proto__` would change the prototype instead. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    target[key] = value
  }
}

/** The same values: first the named keys in that order, then the others in their order. */
export function orderKeys(
  value: Readonly<Record<string, unknown>>,
  first: readonly string[],
): Record<string, unknown> {
  const ordered: Record<string, unknown> = {}
  for (const key of first) if (Object.hasOwn(value, key)) setOwn(ordered, key, value[key])
  for (const [key, child] of Object.entries(value)) if (!first.includes(key)) setOwn(ordered, key, child)
  return ordered
}

/** Whether two JSON-like values are the same, with the order of keys. `-0` is not `0`. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const [leftEntries, rightEntries] = [definedEntries(left), definedEntries(right)]
  return (
    leftEntries.length === rightEntries.length &&
    leftEntries.every(([key, value], index) => {
      const other = rightEntries[index]
      return other !== undefined && key === other[0] && sameValue(value, other[1])
    })
  )
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, child]) => child !== undefined)
}
