import { escapeHtml } from './page.ts'

export interface Bar {
  readonly label: string
  readonly value: number
  /** A class of the style: `f-good`, `f-bad`, `f-warn`, `f-link`, `f-dim`. */
  readonly fill: string
}

const WIDTH = 320
const LABEL = 110
const ROW = 24

/** A chart of horizontal bars as inline SVG. Screen readers get the values as its description. */
export function barChart(caption: string, bars: readonly Bar[]): string {
  if (bars.length === 0) return ''
  const most = Math.max(1, ...bars.map(({ value }) => value))
  const lines = bars.map(({ label, value, fill }, at) => {
    const width = Math.round((value / most) * (WIDTH - LABEL - 60))
    const y = at * ROW
    return (
      `<text x="0" y="${y + 16}">${escapeHtml(short(label))}</text>` +
      `<rect class="${fill}" x="${LABEL}" y="${y + 4}" width="${Math.max(1, width)}" height="16" rx="3"></rect>` +
      `<text x="${LABEL + width + 6}" y="${y + 16}">${value}</text>`
    )
  })
  const said = bars.map(({ label, value }) => `${label}: ${value}`).join(', ')
  return (
    `<figure><figcaption>${escapeHtml(caption)}</figcaption>` +
    `<svg role="img" aria-label="${escapeHtml(said)}" viewBox="0 0 ${WIDTH} ${bars.length * ROW}">${lines.join('')}</svg></figure>`
  )
}

const short = (text: string): string => (text.length > 16 ? `${text.slice(0, 15).toWellFormed()}…` : text)
