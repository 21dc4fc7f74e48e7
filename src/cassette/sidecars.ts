import { defined } from '../base/defined.ts'
import { toError } from '../base/to-error.ts'
import { CONTENT, type SidecarBody } from '../exchange/body/stored-body.ts'
import type { Interaction, InteractionBody } from './interaction.ts'

/** The files beside a cassette that hold its large bodies. */
export interface SidecarFiles {
  /** The folder of the files, for messages. */
  readonly folder: string
  /** What is wrong with a file, as the end of "found ...". `undefined`: it is there, and has this length. */
  problem(name: string, bytes: number): string | undefined
  /** @throws what is wrong with the file, as the message of an error */
  read(name: string, bytes: number): Uint8Array
}

/** Makes the error for a sidecar that is not as the interaction says. */
type ErrorAt = (name: string, expected: string, found: string) => Error

/**
 * The interaction, its sidecars found and ready to be read.
 * @throws what `errorAt` makes, if one is missing or has another length
 */
export function withSidecars(interaction: Interaction, files: SidecarFiles, errorAt: ErrorAt): Interaction {
  const { request, response } = interaction
  if (!isAside(request.body) && !isAside(response?.body)) return interaction
  const found = <Part extends { readonly body?: InteractionBody }>(part: Part): Part =>
    isAside(part.body) ? { ...part, body: withContent(part.body, files, errorAt) } : part
  return { ...interaction, request: found(request), ...defined({ response: response && found(response) }) }
}

type Aside = Extract<InteractionBody, SidecarBody>

const isAside = (body: InteractionBody | undefined): body is Aside => body !== undefined && 'sidecar' in body

function withContent(body: Aside, files: SidecarFiles, errorAt: ErrorAt): Aside {
  const { sidecar: name, bytes } = body
  const fail = (found: string): Error =>
    errorAt(name, `the file ${files.folder}/${name} of ${bytes} bytes`, found)
  const problem = files.problem(name, bytes)
  if (problem !== undefined) throw fail(problem)
  let kept: WeakRef<Uint8Array> | undefined
  const content = (): Uint8Array => {
    let read = kept?.deref()
    if (read === undefined) {
      try {
        read = files.read(name, bytes)
      } catch (error) {
        throw fail(toError(error).message)
      }
      kept = new WeakRef(read)
    }
    return read
  }
  return { ...body, [CONTENT]: content }
}
