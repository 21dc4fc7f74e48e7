/** What a command that only reports gives back: `main.ts` prints it and ends with the code. */
export interface CommandResult {
  readonly exitCode: number
  /** For standard output, without a line end. */
  readonly text: string
}

export const isResult = (value: unknown): value is CommandResult =>
  typeof value === 'object' && value !== null && 'exitCode' in value && 'text' in value
