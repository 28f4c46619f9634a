import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import ts from 'typescript'
import { libraries, type Package } from './support/repository.js'

/** Those whose declarations speak of the SDKs of AWS, which themselves ask for the types of Node. */
const overAws: readonly string[] = ['@bakthat/aws', '@bakthat/glacier', '@bakthat/s3']

const independent = libraries.filter(({ name }) => !overAws.includes(name))

/** What a strict compiler says of all that is exported, for a program without the types of Node, and with this library of JavaScript's. */
function complaintsOf({ path, manifest }: Package, library: string): readonly string[] {
  const entries = Object.values(manifest.exports ?? {}).flatMap((entry) => (entry as { types?: string }).types ?? [])
  const program = ts.createProgram(
    entries.map((entry) => join(path, entry)),
    {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
      lib: [library, 'lib.dom.d.ts'],
      module: ts.ModuleKind.NodeNext,
    },
  )
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

describe.each(['es2022', 'esnext'])('the declarations of a library, in a program of %s', (library) => {
  it.each(independent.map((subject) => [subject.name, subject] as const))(
    'of %s need no types of Node',
    (_, subject) => {
      expect(complaintsOf(subject, `lib.${library}.d.ts`)).toEqual([])
    },
  )
})
