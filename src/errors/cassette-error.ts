/**
 * The base of every error that this library throws. `code` is stable: compare it, not the class, if the process may hold
 * several copies of the package.
 */
export class CassetteError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}
