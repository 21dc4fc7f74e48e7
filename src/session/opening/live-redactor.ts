import { defined } from '../../base/defined.ts'
import { namedHeaders } from '../../fingerprint/canonicalize.ts'
import type { GivenValues } from '../../redaction/given/given-values.ts'
import { createRedactor, type Redactor } from '../../redaction/redactor.ts'
import { clocks } from '../process/clocks.ts'
import type { ResolvedOptions } from '../options/options.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * A redactor that follows the environment: a program may load its secrets while a cassette is open (dotenv, a secrets
 * manager). A value stays a secret after the variable has changed.
 */
export function liveRedactor(
  env: Environment,
  { redact, matchOn }: Pick<ResolvedOptions, 'redact' | 'matchOn'>,
  given?: GivenValues,
): Redactor {
  const matchedHeaders = namedHeaders(matchOn ?? [])
  const fixed = { clocks, matchedHeaders, ...defined({ redact, given }) }
  const values = new Map<string, string>()
  let seen: readonly Variable[] = []
  /** Notes the variables and their values. @returns whether one has a value that is not known yet */
  const learn = (): boolean => {
    seen = Object.entries(env)
    let isNew = false
    for (const [name, value] of seen) {
      if (value === undefined || values.get(name) === value) continue
      // The end of the name says that the value is a secret: the former value keeps it.
      const former = values.get(name)
      if (former !== undefined) values.set(`FORMER_${values.size}_${name}`, former)
      values.set(name, value)
      isNew = true
    }
    return isNew
  }
  const made = (): Redactor => createRedactor({ env: Object.fromEntries(values), ...fixed })
  learn()
  let current = made()

  const upToDate = (): Redactor => {
    if (isChanged(env, seen) && learn()) current = made()
    return current
  }
  return {
    request: (request, readers) => upToDate().request(request, readers),
    exchange: (exchange, readers, known, at) => upToDate().exchange(exchange, readers, known, at),
    learn: (exchange, giver) => upToDate().learn(exchange, giver),
    frame: (frame, request) => upToDate().frame(frame, request),
    text: (text) => upToDate().text(text),
  }
}

type Variable = readonly [name: string, value: string | undefined]

/**
 * Whether a variable was added, changed or removed.
 * @remarks Asked at each request. Node reads each variable from the system: its entries cost four times as much as the
 * count of its names and the values of names that are known.
 */
function isChanged(env: Environment, seen: readonly Variable[]): boolean {
  if (Reflect.ownKeys(env).length !== seen.length) return true
  for (const [name, value] of seen) if (env[name] !== value) return true
  return false
}
