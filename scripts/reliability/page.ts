/** The page with these figures in the place of the section: between `<!-- figures: NAME -->` and `<!-- end -->`. */
export function fill(page: string, name: string, figures: string): string {
  const start = `<!-- figures: ${name} -->\n`
  const from = page.indexOf(start)
  const to = page.indexOf('<!-- end -->', from)
  if (from === -1 || to === -1) throw new Error(`the page has no place for the figures of ${name}`)
  return `${page.slice(0, from + start.length)}\n${figures.trim()}\n\n${page.slice(to)}`
}
