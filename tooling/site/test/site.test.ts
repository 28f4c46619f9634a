import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { exportsOf, libraries } from './support/libraries.js'
import { addresses, pages, textOf, wordsOf, type Page } from './support/pages.js'

const page = (address: string): Page => {
  const found = pages.get(address)
  if (found === undefined) throw new Error(`the site has no page ${address}`)
  return found
}

const documents = readdirSync(new URL('../../../docs', import.meta.url)).map((file) => file.replace(/\.md$/, '.html'))

describe('the navigation', () => {
  const navigation = new Set(page('/index.html').navigation.map(({ address }) => address))

  it('leads to every document', () => {
    expect(documents.length).toBeGreaterThan(10)
    expect(documents.filter((file) => !navigation.has(`/${file}`))).toEqual([])
  })

  it('leads to the README and the API of every library', () => {
    const wanted = libraries.flatMap(({ folder }) => [`/packages/${folder}.html`, `/api/${folder}.html`])
    expect(wanted.filter((address) => !navigation.has(address))).toEqual([])
  })

  it('leads to every page that there is, and to no other', () => {
    expect([...navigation].sort()).toEqual([...addresses].sort())
  })
})

describe.each(addresses)('%s', (address) => {
  it('links only to what is there', () => {
    const broken = page(address).links.filter(({ address: to, anchor }) => {
      const target = pages.get(to)
      return target === undefined || (anchor !== '' && !target.anchors.has(anchor))
    })
    expect(broken).toEqual([])
  })

  it('loads nothing from another host, and lets the browser see to it', () => {
    const { html, loaded } = page(address)
    expect(loaded.filter((url) => !/^(\/(?!\/)|data:)/.test(url))).toEqual([])
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1] ?? ''
    expect(policy.split('; ')).toContain("default-src 'self'")
    expect(policy).not.toMatch(/https?:|\*/)
  })
})

describe.each(libraries)('the API of $name', ({ folder }) => {
  it('has everything that it exports', () => {
    const { html } = page(`/api/${folder}.html`)
    const words = wordsOf(html)
    const exported = exportsOf(folder)
    expect(exported.length).toBeGreaterThan(0)
    expect(exported.filter((name) => !words.has(name))).toEqual([])
  })
})

it('has the options of a command', () => {
  const { html, anchors } = page('/commands/restore.html')
  for (const part of ['bakthat restore', '--identity FILE', '--to DIR', 'bakthat restore photos --to /tmp/again'])
    expect(textOf(html)).toContain(part)
  expect(anchors).toContain('cold-storage')
})
