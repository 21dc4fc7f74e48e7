import { countsOf } from '../registry/compare.ts'
import type { Store } from '../registry/store.ts'
import { headOf, refsOf } from '../transfer/place.ts'

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}code{font-size:.9em}'

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

/** The page at `/`: projects, and what their refs name. */
export async function overview(store: Store, projects: readonly string[]): Promise<string> {
  const sections = await Promise.all(projects.map((project) => section(store, project)))
  const content =
    sections.length > 0 ? sections.join('\n') : '<p>This token may read no project that has recordings.</p>'
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>cassette registry</title>
<style>${STYLE}</style>
<h1>cassette registry</h1>
${content}
</html>
`
}

async function section(store: Store, project: string): Promise<string> {
  const rows: string[] = []
  for (const ref of await refsOf({ store, project })) {
    const head = await headOf({ store, project }, ref).catch(() => undefined)
    if (!head) {
      rows.push(`<tr><td>${escaped(ref)}</td><td colspan="4">cannot be read</td></tr>`)
      continue
    }
    const { who, when, by, files } = head.manifest
    const { cassettes, interactions } = countsOf(files)
    const cells = [ref, String(cassettes), String(interactions), when, `${by}${who === '' ? '' : `, ${who}`}`]
    rows.push(`<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
  }
  return `<h2>${escaped(project)}</h2>
<table><thead><tr><th>ref</th><th>cassettes</th><th>interactions</th><th>when</th><th>by</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`
}
