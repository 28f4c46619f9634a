import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, it } from '@jest/globals'
import { anchors, documents, prose } from './support/markdown.js'
import { root } from './support/repository.js'

const targets = (document: string): readonly string[] =>
  [...prose(document).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map((match) => match[1]!)

function problemOf(document: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined
  const [path = '', anchor] = target.split('#', 2)
  const file = path === '' ? document : posix.normalize(posix.join(posix.dirname(document), path))
  if (file.startsWith('..') || !existsSync(join(root, file))) return `${target}: no such file`
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  return anchors(file).has(anchor) ? undefined : `${target}: no such heading`
}

it.each(documents())('%s links only to what is there', (document) => {
  const problems = targets(document).map((target) => problemOf(document, target))
  expect(problems.filter((problem) => problem !== undefined)).toEqual([])
})
