import { posix } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readText } from './support/repository.js'

const page = 'docs/reliability.md'
const lines = readText(page).split('\n')
const cases = lines.filter((line) => /^\d+\. /.test(line))

/** What a case says that tests it: the beginnings of titles, and the files that they stand in. */
function testsOf(line: string): readonly { readonly title: string; readonly file: string }[] {
  const links = [...line.matchAll(/\[([^\]]+)\]\((\S+\.test\.ts)\)/g)]
  return links.map(([, title, path]) => ({ title: title!, file: posix.join(posix.dirname(page), path!) }))
}

/** Whether a test of that file, or a group of them, has a title that begins so. */
function isThere({ title, file }: { readonly title: string; readonly file: string }): boolean {
  const literal = title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(^|[^\\w])['"\`]${literal}`).test(readText(file))
}

describe(page, () => {
  it('counts its cases from 1, and names tests that are there for each', () => {
    expect(cases.map((line) => Number.parseInt(line))).toEqual(cases.map((_, index) => index + 1))
    expect(cases.length).toBeGreaterThanOrEqual(40)
    expect(cases.filter((line) => testsOf(line).length === 0)).toEqual([])
    expect(cases.flatMap(testsOf).filter((test) => !isThere(test))).toEqual([])
  })

  it('names for each row of its tables the cases that try it, or says that there are none', () => {
    const rows = lines.filter((line) => line.startsWith('| ')).map((line) => line.split('|').at(-2)!.trim())
    const numbers = rows.filter((cell) => !/^(cases|-+|none)$/.test(cell)).flatMap((cell) => cell.split(', '))
    expect(numbers.length).toBeGreaterThan(10)
    expect(numbers.filter((number) => !(Number(number) >= 1 && Number(number) <= cases.length))).toEqual([])
  })
})
