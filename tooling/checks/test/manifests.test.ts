import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import ts from 'typescript'
import { libraries, published, readText } from './support/repository.js'

const rootManifest = JSON.parse(readText('package.json')) as { readonly engines: Record<string, string> }

/** A statement of provenance names the repository, and the registry refuses one that is not the manifest's. */
const repositoryUrl = 'git+https://github.com/bakthat/bakthat.git'

describe.each(published.map((subject) => [subject.name, subject] as const))(
  '%s',
  (name, { directory, manifest, path }) => {
    it('can be published and versioned on its own', () => {
      expect(manifest).toMatchObject({
        type: 'module',
        license: 'MIT',
        engines: rootManifest.engines,
        repository: { type: 'git', url: repositoryUrl, directory },
        publishConfig: { access: 'public', provenance: true },
      })
      const folders = manifest.files?.map((pattern) => pattern.split('/')[0])
      expect(['bin', 'dist', 'migrations', 'templates']).toEqual(expect.arrayContaining(folders ?? []))
      expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/)
      expect(manifest.description).toMatch(/^\S.{10,}[^.]$/)
    })

    it('has a README that begins with its name', () => {
      expect(existsSync(join(path, 'README.md'))).toBe(true)
      expect(readText(`${directory}/README.md`).split('\n')[0]).toBe(`# ${name}`)
    })
  },
)

describe.each(libraries.map((subject) => [subject.name, subject] as const))('%s', (_, { directory, manifest }) => {
  it('exports types and modules, and promises no side effects', () => {
    expect(manifest.sideEffects).toBe(false)
    expect(manifest.exports?.['.']).toEqual({ types: './dist/index.d.ts', default: './dist/index.js' })
    expect(Object.keys(manifest.exports?.['.'] ?? {})[0]).toBe('types')
  })

  it('re-exports from src/index.ts by name, and does nothing else there', () => {
    const source = ts.createSourceFile('index.ts', readText(`${directory}/src/index.ts`), ts.ScriptTarget.Latest)
    const others = source.statements.filter(
      (statement) =>
        !ts.isExportDeclaration(statement) ||
        statement.moduleSpecifier === undefined ||
        statement.exportClause === undefined ||
        !ts.isNamedExports(statement.exportClause),
    )
    expect(others.map((statement) => source.text.slice(statement.pos, statement.end).trim())).toEqual([])
  })
})
