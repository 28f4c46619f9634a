import { BakthatError } from '@bakthat/errors'

/** A plugin as a profile names it. */
export type PluginReference = FileReference | PackageReference

/** `file.Export`: a file of the plugins' directory. */
export interface FileReference {
  readonly kind: 'file'
  readonly file: string
  readonly exported: string
}

/** `npm:package` or `npm:package#Export`. */
export interface PackageReference {
  readonly kind: 'package'
  readonly package: string
  readonly exported: string | undefined
}

/** What a profile means by an entry of its plugins. `INVALID_CONFIG` for what is none. */
export function parseReference(written: string): PluginReference {
  const inPackage = /^npm:((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:#([\w$]+))?$/.exec(written)
  if (inPackage !== null) return { kind: 'package', package: inPackage[1]!, exported: inPackage[2] }
  const inFile = /^([\w-]+(?:\.[\w-]+)*)\.([A-Za-z_$][\w$]*)$/.exec(written)
  if (inFile !== null) return { kind: 'file', file: inFile[1]!, exported: inFile[2]! }
  throw new BakthatError('INVALID_CONFIG', 'it is no name of a plugin', {
    hint: 'write file.Export for a file in plugins_dir, npm:package or npm:package#Export',
  })
}
