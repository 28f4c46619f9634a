import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const site = join(import.meta.dirname, '../../dist')

export interface Link {
  /** Of the page, as a file of the site: `/guide.html`. */
  readonly address: string
  /** Without the `#`; empty for the whole page. */
  readonly anchor: string
}

/** A built page, as a browser gets it. */
export interface Page {
  readonly html: string
  readonly navigation: readonly Link[]
  /** Every link to a page of the site. */
  readonly links: readonly Link[]
  readonly anchors: ReadonlySet<string>
  /** What a browser fetches for it: scripts, styles, pictures, and what the styles name. */
  readonly loaded: readonly string[]
}

const files = readdirSync(site, { recursive: true, encoding: 'utf8' })

const styles = files.filter((file) => file.endsWith('.css')).map((file) => readFileSync(join(site, file), 'utf8'))
const loadedByStyles = styles.flatMap((css) => [
  ...all(css, /url\(['"]?([^'")]+)/g),
  ...all(css, /@import ['"]([^'"]+)/g),
])

/** Every page of the site but the one for what is not there, by its address. */
export const pages: ReadonlyMap<string, Page> = new Map(
  files
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => [`/${file}`, readPage(`/${file}`)] as const),
)

export const addresses: readonly string[] = [...pages.keys()]

function readPage(address: string): Page {
  const html = readFileSync(join(site, address), 'utf8')
  return {
    html,
    navigation: linksOf(/<aside class="VPSidebar"[\s\S]*?<\/aside>/.exec(html)?.[0] ?? '', address),
    links: linksOf(html, address),
    anchors: new Set(all(html, / id="([^"]+)"/g).map(unescaped)),
    loaded: [...all(html, /<(?!a )[a-z]+ [^>]*?(?:src|href)="([^"]+)"/g), ...loadedByStyles],
  }
}

/** What people read of a page. */
export function textOf(html: string): string {
  return unescaped(html.replaceAll(/<[^>]*>/g, ''))
}

/** The words of a page, such as names of functions. */
export function wordsOf(html: string): ReadonlySet<string> {
  return new Set(html.split(/<[^>]*>|[^\w$]+/))
}

function linksOf(html: string, page: string): readonly Link[] {
  return all(html, /<a [^>]*?href="([^"]+)"/g)
    .map((href) => new URL(unescaped(href), `http://site${page}`))
    .filter(({ host }) => host === 'site')
    .map(({ pathname, hash }) => ({ address: fileOf(decodeURI(pathname)), anchor: decodeURIComponent(hash.slice(1)) }))
}

function fileOf(path: string): string {
  return path.endsWith('/') ? `${path}index.html` : path
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1]!)
}

function unescaped(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }
  return text
    .replaceAll(/&#(x?)([\da-f]+);/gi, (_, hex, code: string) =>
      String.fromCodePoint(parseInt(code, hex === '' ? 10 : 16)),
    )
    .replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => characters[name]!)
}
