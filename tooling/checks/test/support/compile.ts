import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './repository.js'

/**
 * Type-checks files with the settings of the house, and writes the JavaScript of each beside it. Answers with what the
 * compiler complains about, by file.
 */
export function compile(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const config = JSON.parse(readFileSync(join(root, 'tooling/tsconfig/base.json'), 'utf8')) as {
    compilerOptions: object
  }
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, declaration: false },
    import.meta.dirname,
  )
  const program = ts.createProgram([...files], {
    ...options,
    configFilePath: join(import.meta.dirname, 'tsconfig.json'),
  })
  const emitted = program.emit(undefined, (path, text) => {
    if (files.includes(path.replace(/\.js$/, '.ts'))) ts.sys.writeFile(path, text)
  })
  const complaints = new Map<string, string[]>()
  for (const { file, start, messageText } of [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics]) {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1
    const path = file?.fileName ?? ''
    const text = `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    complaints.set(path, [...(complaints.get(path) ?? []), text])
  }
  return complaints
}
