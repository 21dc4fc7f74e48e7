let depth = 0

/** Whether the connection that is just being made is not the program's. */
export const isBypassed = (): boolean => depth > 0

/** Runs `connect`. The connections that it makes in the same tick are left alone. */
export function bypass<T>(connect: () => T): T {
  depth++
  try {
    return connect()
  } finally {
    depth--
  }
}
