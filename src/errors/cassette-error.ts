/** The base of every error this library throws. `code` is stable; match on it across copies of the package. */
export class CassetteError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}
