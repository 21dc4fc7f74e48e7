import { toByteText } from '../byte-text.ts'
import type { Place } from './paths.ts'

/**
 * A JSON path as users write it. Its steps: a member's name (`email`, `["a.b"]`), `*` for any member or element, `[*]` for any
 * element, `[0]` for that element, `**` for any number of steps. A bare name means `**.name`.
 */
export type UserPath = readonly Step[]

type Step = PlainStep | { readonly kind: 'deep' }

type PlainStep =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'element' }
  | { readonly kind: 'any' }

const STEP = /(?:^|(?<=[^.])\.)(\*\*|\*|[^.[\]*"']+)|\[(?:(\*)|(\d+)|"([^"]*)"|'([^']*)')\]/y

/** `undefined`: it is not a path. */
export function parseUserPath(source: string): UserPath | undefined {
  const text = source.replace(/^\$\.?(?=.)/, '')
  const steps: Step[] = []
  for (let at = 0; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const [, dotted, star, index, double, single] = STEP.exec(text) ?? []
    if (dotted !== undefined) steps.push(dottedStep(dotted))
    else if (star !== undefined) steps.push({ kind: 'element' })
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) })
    else {
      const name = double ?? single
      if (name === undefined) return undefined
      steps.push({ kind: 'name', name: toByteText(name) })
    }
  }
  const last = steps.at(-1)
  if (last === undefined || last.kind === 'deep') return undefined
  return steps.length === 1 && last.kind === 'name' ? [{ kind: 'deep' }, last] : steps
}

function dottedStep(text: string): Step {
  if (text === '**') return { kind: 'deep' }
  return text === '*' ? { kind: 'any' } : { kind: 'name', name: toByteText(text) }
}

/** The name, if the path is a bare name. */
export function bareName(path: UserPath): string | undefined {
  const [first, second] = path
  return path.length === 2 && first?.kind === 'deep' && second?.kind === 'name' ? second.name : undefined
}

/** Below this depth only the last step of a path counts: it is better to hide too much than to search for long. */
const MAX_DEPTH = 256

/**
 * Whether the path matches a place.
 * @param indices the indices in the arrays around the place, outermost first; absent: any indices
 */
export function matchesPath(path: UserPath, place: Place, indices?: readonly number[]): boolean {
  const last = path.at(-1)
  if (last === undefined || (last.kind !== 'deep' && !stepFits(last, place.name, undefined))) return false
  if (place.depth > MAX_DEPTH || bareName(path) !== undefined) return true
  return matchesFrom({ path, chain: chainOf(place), indices }, 0, 0)
}

/** The names from the root to a place, without the root. `undefined` stands for an element. */
function chainOf(place: Place): (string | undefined)[] {
  const chain: (string | undefined)[] = []
  for (let at = place; at.parent !== undefined; at = at.parent) chain.unshift(at.name)
  return chain
}

interface Matching {
  readonly path: UserPath
  readonly chain: readonly (string | undefined)[]
  readonly indices: readonly number[] | undefined
}

function matchesFrom(matching: Matching, stepAt: number, chainAt: number): boolean {
  const { path, chain, indices } = matching
  const step = path[stepAt]
  if (step === undefined) return chainAt === chain.length
  if (step.kind === 'deep') {
    return (
      matchesFrom(matching, stepAt + 1, chainAt) ||
      (chainAt < chain.length && matchesFrom(matching, stepAt, chainAt + 1))
    )
  }
  if (chainAt >= chain.length) return false
  const name = chain[chainAt]
  const index = chain.slice(0, chainAt).filter((part) => part === undefined).length
  return stepFits(step, name, indices?.[index]) && matchesFrom(matching, stepAt + 1, chainAt + 1)
}

/** @param index the index in the array; `undefined`: not known */
function stepFits(step: PlainStep, name: string | undefined, index: number | undefined): boolean {
  if (step.kind === 'any') return true
  if (step.kind === 'name') return name === step.name
  const isElement = name === undefined
  if (step.kind === 'element') return isElement
  return isElement && (index === undefined || index === step.index)
}
