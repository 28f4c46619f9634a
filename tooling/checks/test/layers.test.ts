import { describe, expect, it } from '@jest/globals'
import { packageImports } from './support/imports.js'
import { readLayerTable } from './support/layer-table.js'
import { packages, runtimeDependencies, sourceFiles, type Package } from './support/repository.js'

const rows = readLayerTable()
const inHouse = packages.filter(({ directory }) => !directory.startsWith('tooling/'))
const unscoped = (name: string): string => name.replace('@bakthat/', '')
const isOurs = (name: string): boolean => name === 'bakthat' || name.startsWith('@bakthat/')
const rowOf = (name: string) => rows.find((row) => row.name === unscoped(name))

const ourDependencies = (subject: Package): readonly string[] =>
  runtimeDependencies(subject).filter(isOurs).map(unscoped)

describe('the layer table of docs/architecture.md', () => {
  it('has every package of the house exactly once', () => {
    const existing = rows.filter((row) => !row.planned).map((row) => row.name)
    expect([...existing].sort()).toEqual(inHouse.map(({ name }) => unscoped(name)).sort())
  })

  it('marks as planned what does not exist, and nothing else', () => {
    const planned = rows.filter((row) => row.planned).map((row) => row.name)
    expect(planned.filter((name) => inHouse.some((other) => unscoped(other.name) === name))).toEqual([])
  })

  it('lets a package import only from lower layers', () => {
    const upward = rows.flatMap((row) =>
      [...(row.mayImport ?? [])]
        .filter((name) => (rowOf(name)?.layer ?? Infinity) >= (row.layer ?? Infinity))
        .map((name) => `${row.name} → ${name}`),
    )
    expect(upward).toEqual([])
  })
})

describe.each(inHouse.map((subject) => [subject.name, subject] as const))('%s', (name, subject) => {
  const row = rowOf(name)

  it('depends only on what its row allows', () => {
    expect(ourDependencies(subject).filter((other) => row?.mayImport?.has(other) === false)).toEqual([])
  })

  it('takes only types where its row says so', () => {
    const values = sourceFiles(subject, 'src')
      .flatMap(packageImports)
      .filter((found) => row?.typesOnly.has(unscoped(found.package)) === true && !found.typeOnly)
    expect(values).toEqual([])
  })
})

it('has no cycle between packages, tests included', () => {
  const edges = new Map(
    packages.map((subject) => [
      subject.name,
      [...runtimeDependencies(subject), ...Object.keys(subject.manifest.devDependencies ?? {})],
    ]),
  )
  const cycleFrom = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path, name]
    return (edges.get(name) ?? []).map((next) => cycleFrom(next, [...path, name])).find((cycle) => cycle !== undefined)
  }
  expect(packages.map(({ name }) => cycleFrom(name, [])).filter((cycle) => cycle !== undefined)).toEqual([])
})
