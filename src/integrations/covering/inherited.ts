/** Variables that a process needs to join the run of the process that starts it. */
const INHERITED = /^(?:CI|CASSETTE_(?:MODE|MATCH_ON|IGNORE|PATH|RUN_DIR|RUN_PATH))$/

type Environment = Readonly<Record<string, string | undefined>>

/** The options of Node that preload a file. Quotes and backslashes are read as in JSON. */
const requireOption = (file: string): string => `--require=${JSON.stringify(file)}`

/** What the processes and threads that this one starts are given, whatever the program does to its environment. */
export interface Inherited {
  /** The file that begins a preload. */
  readonly register: string
  readonly variables: Readonly<Record<string, string>>
}

/** @param env the environment in which the program starts */
export const inheritedFrom = (env: Environment, register: string): Inherited => ({
  register,
  variables: Object.fromEntries(
    Object.entries(env).filter(
      (pair): pair is [string, string] => INHERITED.test(pair[0]) && pair[1] !== undefined,
    ),
  ),
})

/** Whether Node processes with this environment preload the file. */
export const preloads = (env: Environment, register: string): boolean =>
  env['NODE_OPTIONS']?.includes(requireOption(register)) === true

/** What is missing in `env` for a process to join the run; `undefined`: nothing. */
export function missingIn(
  env: Environment,
  { register, variables }: Inherited,
): Record<string, string> | undefined {
  const missing = Object.entries(variables).filter(([name]) => env[name] === undefined)
  if (!preloads(env, register))
    missing.push(['NODE_OPTIONS', [requireOption(register), env['NODE_OPTIONS']].filter(Boolean).join(' ')])
  return missing.length === 0 ? undefined : Object.fromEntries(missing)
}
