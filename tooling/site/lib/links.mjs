import { relative } from 'node:path'
import { addressOf, root } from './places.mjs'

/** A plugin of markdown-it: relative links of a page, which are right in the repository, become right on the site. */
export function siteLinks(markdown) {
  markdown.core.ruler.push('site-links', ({ tokens, env }) => {
    const page = relative(root, env.realPath ?? env.path)
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const link = token.type === 'link_open' ? token.attrGet('href') : null
      if (link !== null && !/^(#|\/|[a-z][a-z+.-]*:)/i.test(link)) token.attrSet('href', addressOf(link, page))
    }
  })
}

/** The anchor of a heading, as GitHub makes it: links of the repository's pages are right in both places. */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
