/** An object as a store gives it. */
export interface Stored {
  readonly bytes: Uint8Array
  /** Names this content of the key: another content has another version. */
  readonly version: string
}

/** An object as a list names it. */
export interface Listed {
  readonly key: string
  /** When it was written, ms since 1970, by the clock of the store. 0: the store does not know. */
  readonly modified: number
}

/**
 * Where a registry is kept: objects by key. Keys consist of `a-z`, `0-9`, `.`, `_`, `~`, `-` and `/`. Only keys whose second part is `refs`
 * or `meta` change; all others are written once.
 *
 * Every method rejects if the store cannot be reached, is full or refuses. A call that rejects may have had its effect or not, but
 * never half of it.
 */
export interface Store {
  /** Names the store in messages. Holds no credential. */
  readonly name: string
  /** @returns `undefined`: there is no such object */
  get(key: string): Promise<Stored | undefined>
  /** Writes an object that is not there. @returns false if it is there: it stays as it is */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>
  /**
   * Replaces an object that changes, if it still has this version.
   * @returns false if it has another one, or is not there
   */
  compareAndSet(key: string, bytes: Uint8Array, version: string): Promise<boolean>
  /** The objects whose keys begin with `prefix`, in any order. One that is written meanwhile may be missing. */
  list(prefix: string): AsyncIterable<Listed>
  /**
   * Removes an object.
   * @param version needed for an object that changes: it is removed only if it still has this version
   * @returns whether this call removed it
   */
  delete(key: string, version?: string): Promise<boolean>
  /** Lets connections go. No other method is called after it. */
  close?(): Promise<void>
}
