import type { ByteText } from '../byte-text.ts'

/**
 * A place in JSON values, the same for every index of an array: `users[].ssn`. Each place has one node, so that a rule is looked
 * up once for a place and not once for each value.
 */
export class PathNode<Facts> {
  /** The member's name. `undefined`: the elements of an array, or the root. */
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

/** The part of a node that says where it is. */
export interface Place {
  readonly name: ByteText | undefined
  readonly parent: Place | undefined
  /** The number of steps from the root. */
  readonly depth: number
}

/** Computes the facts about a place. Called once for each place. */
export type Classify<Facts> = (place: Place) => Facts
