import { defineConfig } from 'vitepress'
import { anchorOf, siteLinks } from '../lib/links.mjs'
import { nextOf, sidebar } from '../lib/navigation.mjs'
import { notPages, placeOf, repository, root } from '../lib/places.mjs'

/** Whatever a page loads comes from where the page does; the reader's browser sees to it. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
].join('; ')

/** Pages lie outside of this package, from where Vue is not to be found when they are rendered. */
const vueOfThisPackage = {
  name: 'vue-of-this-package',
  enforce: 'pre',
  resolveId: (id, _, { ssr }) => (ssr && /^vue(\/|$)/.test(id) ? { id, external: true } : undefined),
}

export default defineConfig({
  title: 'Bakthat',
  description: 'Backups for people and servers, as standard files',
  lang: 'en',
  head: [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  srcDir: root,
  srcExclude: notPages,
  rewrites: placeOf,
  outDir: './dist',
  cacheDir: './node_modules/.vitepress',
  markdown: {
    anchor: { slugify: anchorOf },
    config: siteLinks,
  },
  transformPageData: ({ frontmatter, relativePath }) => {
    frontmatter.next ??= nextOf(relativePath)
  },
  // The index of the search is one file, loaded when somebody searches.
  vite: { plugins: [vueOfThisPackage], build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide' },
      { text: 'Cookbook', link: '/cookbook' },
      { text: 'Commands', link: '/commands/' },
      { text: 'API', link: '/api/' },
      { text: 'Source', link: repository },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    footer: { message: 'MIT licence' },
  },
})
