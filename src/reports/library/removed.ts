import { plural } from './words.ts'

/** Renders the interactions that were removed from a cassette, or would be. */
export function renderRemoved(
  path: string,
  removed: readonly { readonly id: string; readonly method: string; readonly url: string }[],
  isDry: boolean,
): string {
  const verb = isDry ? 'would be removed' : 'removed'
  return [
    `${path}: ${plural(removed.length, 'interaction')} ${verb}`,
    ...removed.map(({ id, method, url }) => `  ${id}  ${method} ${url}`),
  ].join('\n')
}
