import { describe, expect, it } from '@jest/globals'
import { packageImports } from './support/imports.js'
import { packages, runtimeDependencies, sourceFiles } from './support/repository.js'

describe.each(packages.map((subject) => [subject.name, subject] as const))('%s', (name, subject) => {
  const shipped = ['src', 'bin'].flatMap((folder) => sourceFiles(subject, folder))
  const tests = sourceFiles(subject, 'test')
  const declared = runtimeDependencies(subject)

  it('declares every package that it imports', () => {
    const undeclared = shipped
      .flatMap(packageImports)
      .filter((found) => found.package !== name && !declared.includes(found.package))
    expect(undeclared).toEqual([])
  })

  it('declares every package that its tests import', () => {
    const known = [name, ...declared, ...Object.keys(subject.manifest.devDependencies ?? {})]
    expect(tests.flatMap(packageImports).filter((found) => !known.includes(found.package))).toEqual([])
  })
})
