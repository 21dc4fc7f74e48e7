import { posix } from 'node:path'

import { headingsOf, proseOf, type Texts } from './pages.ts'

/** The name by which a heading is linked, as GitHub makes it. */
const slugOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

/** All that a page can be linked by; a heading that comes again has a number. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  for (const heading of headingsOf(page)) {
    const slug = slugOf(heading)
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  for (const [, id] of page.matchAll(/<a (?:id|name)="([^"]+)"/g)) if (id !== undefined) anchors.add(id)
  return anchors
}

/** Inline links, pictures, and what a reference stands for; of a title only the address. */
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm

/** Links of the pages to a file or a heading that is not there, a line each. `exists`: whether a path is there. */
export function brokenLinks(pages: Texts, exists: (path: string) => boolean): string[] {
  const problems: string[] = []
  for (const [path, page] of pages) {
    const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, '')
    for (const [, inline, reference] of prose.matchAll(LINK)) {
      const link = inline ?? reference ?? ''
      if (/^[a-z][a-z0-9+.-]*:/i.test(link)) continue
      const [file = '', anchor] = decodeURI(link).split('#', 2)
      const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file))
      const linked = pages.get(target)
      if (linked === undefined && !exists(target)) problems.push(`${path}: the link ${link} leads to no file`)
      else if (anchor && linked !== undefined && !anchorsOf(linked).has(anchor))
        problems.push(`${path}: the link ${link} leads to no heading of ${target}`)
    }
  }
  return problems
}

/** Files of the repository that pages name in code and that are not there, a line each; `NAME` stands for any name. */
export function missingFiles(pages: Texts, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([path, page]) => {
    const named = [
      ...proseOf(page).matchAll(/`((?:src|test|scripts|examples|docs|schema|bench)\/[\w./-]+)`/g),
    ]
    const missing = new Set(
      named.map(([, file = '']) => file).filter((file) => !/\bNAME\b/.test(file) && !exists(file)),
    )
    return [...missing].map((file) => `${path}: the file ${file} does not exist`)
  })
}
