import type { Setup } from '../../library/setup.ts'
import { type Palette, PLAIN } from '../miss.ts'

/** Renders what a set-up wrote, or would write, and what is left to do. */
export function renderSetup(
  { runners, writes, todo }: Setup,
  isDry: boolean,
  palette: Palette = PLAIN,
): string {
  const lines = writes.map(({ path, isChange }) => {
    const verb = isDry ? (isChange ? 'would change' : 'would write') : isChange ? 'changed' : 'wrote'
    return `${palette.green(verb)} ${path}`
  })
  return [
    runners.length === 0 ? 'test runners: none found' : `test runners: ${runners.join(', ')}`,
    ...(writes.length === 0 && todo.length === 0 ? ['everything is set up already'] : lines),
    ...todo.map((one) => `${palette.red('to do')} ${one}`),
  ].join('\n')
}
