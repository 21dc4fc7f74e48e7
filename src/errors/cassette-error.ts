/**
 * The base of every error that this library throws. `code` is stable: compare it, not the class, if the process may hold
 * several copies of the package.
 */
export class CassetteError extends Error {
  readonly code: string

  /** @param message what is wrong and what to do; the page that explains the code is added as its last line */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${message}\nSee ${errorPage(code)}`, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The heading of `docs/errors.md`, which the package contains, about a code. */
function errorPage(code: string): string {
  return `cassette/docs/errors.md#${code.toLowerCase()}`
}
