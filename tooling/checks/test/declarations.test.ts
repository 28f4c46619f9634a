import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import ts from 'typescript'
import { libraries, type Package } from './support/repository.js'
import { withScratch } from './support/scratch.js'

/** Those whose declarations speak of the SDKs of AWS, which themselves ask for the types of Node. */
const overAws: readonly string[] = ['@bakthat/aws', '@bakthat/glacier', '@bakthat/s3']

const independent = libraries.filter(({ name }) => !overAws.includes(name))

/** What a strict compiler says of all that is exported, for a program without the types of Node, and with this library of JavaScript's. */
function complaintsOf({ path, manifest }: Package, host: ts.CompilerHost, options: ts.CompilerOptions) {
  const entries = Object.values(manifest.exports ?? {}).flatMap((entry) => (entry as { types?: string }).types ?? [])
  const program = ts.createProgram(
    entries.map((entry) => join(path, entry)),
    options,
    host,
  )
  const declarations = program.getSourceFiles().filter((file) => !program.isSourceFileDefaultLibrary(file))
  return [
    ...program.getOptionsDiagnostics(),
    ...declarations.flatMap((file) => ts.getPreEmitDiagnostics(program, file)),
  ].map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

/** Reads each file once for all programs that have the same options. */
function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const files = new Map<string, ts.SourceFile | undefined>()
  const read = host.getSourceFile.bind(host)
  return {
    ...host,
    getSourceFile(path, ...rest) {
      if (!files.has(path)) files.set(path, read(path, ...rest))
      return files.get(path)
    },
  }
}

describe.each(['es2022', 'esnext'])('the declarations of a library, in a program of %s', (library) => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    lib: [`lib.${library}.d.ts`, 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
  }
  const host = hostOf(options)
  it.each(independent.map((subject) => [subject.name, subject] as const))(
    'of %s need no types of Node',
    (_, subject) => {
      expect(complaintsOf(subject, host, options)).toEqual([])
    },
  )
})

/** What a module exports whose author left the types to the compiler. */
const exporting: Readonly<Record<string, readonly string[]>> = {
  bakthat: [
    `import { backup, open, restore, type Bakthat } from 'bakthat'`,
    `export const catalog = (bakthat: Bakthat) => bakthat.catalog()`,
    `export const shown = (bakthat: Bakthat) => bakthat.show()`,
    `export const metadata = (bakthat: Bakthat) => bakthat.resolve('photos').then((backup) => backup.metadata)`,
    `export const warnings = () => backup('photos').then((made) => made.warnings)`,
    `export const kept = (bakthat: Bakthat) => bakthat.rotate('photos').then(({ keep, policy }) => ({ keep, policy }))`,
    `export const grown = (bakthat: Bakthat) => bakthat.simulateRotation({ span: '1Y' })`,
    `export const tiers = (bakthat: Bakthat) => bakthat.jobs().then((jobs) => jobs.map(({ tier }) => tier))`,
    `export const compression = (options: Parameters<typeof backup>[1]) => options?.compression`,
    `export const limits = (options: Parameters<typeof restore>[1]) => options?.limits`,
    `export const opened = open()`,
  ],
  '@bakthat/keyvalue': [
    `import type { KeyValue } from '@bakthat/keyvalue'`,
    `export const value = (kv: KeyValue) => kv.getKey('limits')`,
    `export const versioned = (kv: KeyValue) => kv.readKey('limits')`,
    `export const methods = (...asked: Parameters<KeyValue['getKeyUrl']>) => asked[2]`,
  ],
}

describe('the declarations of a program that installed one library', () => {
  it.each(Object.entries(exporting))('name what %s gives by that library alone', (name, lines) =>
    withScratch(async (directory) => {
      const link = join(directory, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(libraries.find((library) => library.name === name)!.path, link)
      writeFileSync(join(directory, 'program.mts'), lines.join('\n'))
      const program = ts.createProgram([join(directory, 'program.mts')], {
        strict: true,
        declaration: true,
        emitDeclarationOnly: true,
        types: [],
        lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'],
        module: ts.ModuleKind.NodeNext,
      })
      let declarations = ''
      const { diagnostics } = program.emit(undefined, (_, text) => (declarations += text))
      expect(diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
      expect([...new Set(declarations.match(/(?<=import\(")[^"]+/g))].filter((from) => from !== name)).toEqual([])
    }),
  )
})
