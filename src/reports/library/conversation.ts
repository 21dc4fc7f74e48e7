import type { ShownCall, Turn } from '../../library/conversation.ts'
import type { Facts } from '../../library/facts.ts'
import { type Palette, PLAIN } from '../miss.ts'
import { counted, durationOf } from './words.ts'

export interface ShownInteraction {
  readonly facts: Facts
  readonly turns: readonly Turn[]
}

/** Renders an interaction as a conversation: a message after the other, with the calls of tools as trees. */
export function renderInteraction({ facts, turns }: ShownInteraction, palette: Palette = PLAIN): string {
  const head = `${palette.bold(facts.title)}  ${palette.dim(facts.id)}`
  return [head, ...turns.flatMap((turn) => turnLines(turn, palette)), palette.dim(footOf(facts)), ''].join(
    '\n',
  )
}

function turnLines({ role, text, reasoning, calls, note }: Turn, palette: Palette): string[] {
  const shownRole = role === 'error' ? palette.red(role) : palette.green(role)
  const title = `${shownRole}${note === undefined ? '' : ` (${note})`}`
  return [
    title,
    ...(reasoning === undefined ? [] : indented(`(thinks) ${reasoning}`).map((line) => palette.dim(line))),
    ...(text === '' ? [] : indented(text)),
    ...calls.flatMap((call) => callLines(call)),
  ]
}

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${printable(line)}`)

/** Without control characters: a recorded answer must not move the cursor or change the colours of a terminal. */
const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, (one) =>
    one === '\t' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function callLines({ name, arguments: args }: ShownCall): string[] {
  return [`  → ${printable(name)}`, ...tree(args, '    ')]
}

function tree(value: unknown, indent: string): string[] {
  if (typeof value !== 'object' || value === null)
    return value === undefined ? [] : [`${indent}└─ ${leaf(value)}`]
  const entries = Object.entries(value)
  return entries.flatMap(([name, one], at) => {
    const isLast = at === entries.length - 1
    const start = `${indent}${isLast ? '└─' : '├─'} ${printable(name)}`
    const isBranch = typeof one === 'object' && one !== null && Object.keys(one as object).length > 0
    if (!isBranch) return [`${start}: ${leaf(one)}`]
    return [start, ...tree(one, `${indent}${isLast ? '   ' : '│  '}`)]
  })
}

const leaf = (value: unknown): string => printable(JSON.stringify(value))

function footOf({ api, model, status, usage, delayMs, recordedAt, streaming, incomplete }: Facts): string {
  return [
    model ?? api,
    status === undefined ? 'no response' : String(status),
    streaming ? 'streamed' : '',
    incomplete ? 'incomplete' : '',
    usage === undefined ? '' : `${counted(usage.input)} tokens in, ${counted(usage.output)} out`,
    delayMs > 0 ? durationOf(delayMs) : '',
    recordedAt.slice(0, 10),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}
