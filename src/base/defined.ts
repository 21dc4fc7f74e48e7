type Maybe<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T]

/** `T` whose members that may be `undefined` may be absent instead. */
export type Defined<T> = Omit<T, Maybe<T>> & { [K in Maybe<T>]?: Exclude<T[K], undefined> }

/** A copy of `fields`, in their order, without those whose value is `undefined`. */
export function defined<T extends object>(fields: T): Defined<T> {
  // Called many times for each exchange: a loop takes a third of the time of `Object.fromEntries`.
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value
  return kept as Defined<T>
}
