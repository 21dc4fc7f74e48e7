/**
 * The base of every error that this library throws. `code` is stable: compare it, not the class, if the process may hold
 * several copies of the package.
 */
export class CassetteError extends Error {
  readonly code: string

  /** @param message what is wrong and what to do; the page that explains the code is added as its last line */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(withPage(code, message), options)
    this.name = new.target.name
    this.code = code
  }
}

/** Ends a message with the heading of `docs/errors.md`, which the package contains, about its code. */
export const withPage = (code: string, message: string): string =>
  `${message}\nSee cassette/docs/errors.md#${code.toLowerCase()}`
