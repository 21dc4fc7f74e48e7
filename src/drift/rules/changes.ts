import { canonicalJson } from '../../providers/json/canonical-json.ts'
import type { Change, CompareOptions, DigestChoice, Rule, Verdict } from '../types.ts'

/** Collects the changes of one comparison. */
export class Changes {
  readonly list: Change[] = []

  regression(rule: Rule, path: string, before: unknown, after: unknown): void {
    this.list.push({ path, rule, verdict: 'regression', before, after })
  }

  benign(rule: Rule, path: string, before: unknown, after: unknown): void {
    this.list.push({ path, rule, verdict: 'benign', before, after })
  }

  get verdict(): Verdict {
    if (this.list.some(({ verdict }) => verdict === 'regression')) return 'regression'
    return this.list.length > 0 ? 'benign' : 'identical'
  }
}

/** One choice of either side. */
export interface Pair {
  readonly a: DigestChoice
  readonly b: DigestChoice
  /** `choices[0]` */
  readonly path: string
  /** The recorded answer was cut off or refused, and the current one is whole. */
  readonly recovered: boolean
  readonly options: Pick<CompareOptions, 'strictValues'>
}

/** Keys in any order. */
export const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b)

/** A key in a path: `.name`, or `["any text"]`. */
export const keyed = (path: string, key: string): string =>
  /^[\w$-]+$/.test(key) ? (path === '' ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`
