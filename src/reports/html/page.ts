import { createHash } from 'node:crypto'

import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

export interface PageParts {
  readonly title: string
  /** HTML above the list: the summary and the charts. */
  readonly summary: string
  /** JSON for the script in the page. */
  readonly data: unknown
}

/**
 * One self-contained page. It asks for nothing: its policy allows its own style and script only, by their hashes. The data is
 * JSON that the script puts into the page as text, so nothing recorded is ever markup.
 */
export const renderPage = ({ title, summary, data }: PageParts): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<header>${summary}</header>`,
    '<noscript><p>The list needs JavaScript. Use the Markdown or terminal format without it.</p></noscript>',
    '<main><form id="filters" aria-label="Filters"></form>',
    '<p id="shown" role="status"></p><ol id="rows" aria-label="Interactions"></ol></main>',
    `<script type="application/json" id="data">${jsonInScript(data)}</script>`,
    `<script>${SCRIPT}</script>`,
    '</body>',
    '</html>',
  ].join('\n')

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const POLICY =
  `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; ` +
  `base-uri 'none'; form-action 'none'`

/** No `<` is left, so no text can end the element or begin a comment. */
const jsonInScript = (data: unknown): string => JSON.stringify(data).replaceAll('<', String.raw`\u003c`)

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
