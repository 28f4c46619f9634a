import { describe, expect, it } from '@jest/globals'
import { packageImports } from './support/imports.js'
import { developmentDependencies, packages, runtimeDependencies, sourceFiles } from './support/repository.js'

describe.each(packages.map((subject) => [subject.name, subject] as const))('%s', (name, subject) => {
  const shipped = ['src', 'bin'].flatMap((folder) => sourceFiles(subject, folder))
  const tests = sourceFiles(subject, 'test')
  const declared = runtimeDependencies(subject)

  it('declares every package that it imports, or has it put in by its build', () => {
    const joined = subject.manifest.scripts?.build?.includes('join-modules') === true
    const known = [name, ...declared, ...(joined ? developmentDependencies(subject) : [])]
    expect(shipped.flatMap(packageImports).filter((found) => !known.includes(found.package))).toEqual([])
  })

  it('declares every package that its tests import', () => {
    const known = [name, ...declared, ...developmentDependencies(subject)]
    expect(tests.flatMap(packageImports).filter((found) => !known.includes(found.package))).toEqual([])
  })
})
