import type { ByteText } from '../byte-text.ts'

/**
 * One place in JSON values, the same for every index of an array: `users[].ssn`. Nodes are made once per distinct
 * place, so that a rule is looked up once and not once per value.
 */
export class PathNode<Facts> {
  /** The member's name; `undefined` for the elements of an array, and for the root. */
  readonly name: ByteText | undefined
  readonly parent: PathNode<Facts> | undefined
  readonly depth: number
  readonly facts: Facts
  readonly #classify: Classify<Facts>
  #members: Map<ByteText, PathNode<Facts>> | undefined
  #elements: PathNode<Facts> | undefined

  constructor(classify: Classify<Facts>, parent?: PathNode<Facts>, name?: ByteText) {
    this.#classify = classify
    this.parent = parent
    this.name = name
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.facts = classify(this)
  }

  member(name: ByteText): PathNode<Facts> {
    this.#members ??= new Map()
    const known = this.#members.get(name)
    if (known !== undefined) return known
    const node = new PathNode(this.#classify, this, name)
    this.#members.set(name, node)
    return node
  }

  elements(): PathNode<Facts> {
    this.#elements ??= new PathNode(this.#classify, this)
    return this.#elements
  }
}

/** A node as far as its own place is concerned. */
export interface Place {
  readonly name: ByteText | undefined
  readonly parent: Place | undefined
  /** How many steps below the root. */
  readonly depth: number
}

/** What is worth knowing about a place. */
export type Classify<Facts> = (place: Place) => Facts
