import type { Digest } from '../types.ts'
import type { Changes } from './changes.ts'

/** Two vectors nearer than this say the same. */
const SAME_MEANING = 0.999

/** Vectors by count, dimensions and the cosine of their angle. Compared as float32, which is what APIs compute with. */
export function compareVectors(a: Digest['vectors'] = [], b: Digest['vectors'] = [], changes: Changes): void {
  if (a.length !== b.length) changes.regression('embeddings', 'vectors', a.length, b.length)
  for (const [at, before] of a.entries()) {
    const after = b[at]
    if (after === undefined) continue
    const path = `vectors[${at}]`
    if (before.length !== after.length) changes.regression('embeddings', path, before.length, after.length)
    else if (!before.every((value, index) => Math.fround(value) === Math.fround(after[index] ?? NaN))) {
      const near = cosine(before, after)
      changes[near >= SAME_MEANING ? 'benign' : 'regression']('embeddings', path, 1, near)
    }
  }
}

/** 0 if one of them has no direction. */
function cosine(a: readonly number[], b: readonly number[]): number {
  let [product, lengthA, lengthB] = [0, 0, 0]
  for (const [at, x] of a.entries()) {
    const y = b[at] ?? 0
    product += x * y
    lengthA += x * x
    lengthB += y * y
  }
  return lengthA === 0 || lengthB === 0 ? 0 : product / Math.sqrt(lengthA * lengthB)
}
