import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BakthatError, shellWords } from '@bakthat/errors'
import { offerSdk } from './offer-sdk.js'
import { packageEntry } from './package-entry.js'
import type { FileReference, PackageReference, PluginReference } from './reference.js'
import { requireTrusted } from './trust.js'

/** What a plugin's file or package exports. */
export interface PluginModule {
  /** The file. */
  readonly path: string
  readonly exports: Readonly<Record<string, unknown>>
  /** Of the package that it comes in. */
  readonly version: string | undefined
}

/** Finds the file or package of a plugin and loads it, if nobody else can write to it. */
export async function loadModule(reference: PluginReference, directory: string): Promise<PluginModule> {
  const found = reference.kind === 'file' ? findFile(reference, directory) : findPackage(reference, directory)
  await requireTrusted(found.path)
  if (reference.kind === 'file') await offerSdk(directory)
  const namespace = await importFile(found.path)
  // The names of a CommonJS module are told from its text, and not all of them can be.
  const whole = Object.entries(Object(namespace['default']) as Record<string, unknown>)
  return { path: found.path, exports: { ...Object.fromEntries(whole), ...namespace }, version: found.version }
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    const { name, message, stack = '' } = cause as Error
    if (name !== 'SyntaxError') throw cause
    // Where Node knows the line, the stack begins with it, and it may be one of another file that this one imports.
    const [place] = /^(?:file:\/\/)?\/.*:\d+$/m.exec(stack) ?? [path]
    throw new BakthatError('INVALID_CONFIG', `${place} is no JavaScript that Node understands: ${message}`, {
      hint: 'mend it; where a .js file has types in it, compile it',
      cause,
    })
  }
}

interface Found {
  readonly path: string
  readonly version?: string
}

const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'] as const

function findFile({ file }: FileReference, directory: string): Found {
  const path = extensions.map((extension) => join(directory, file + extension)).find((each) => existsSync(each))
  if (path === undefined)
    throw new BakthatError('NOT_FOUND', `there is no ${file}.js, .mjs, .cjs or .ts in ${directory}`, {
      hint: 'check the name, or plugins_dir, in the profile',
    })
  if (/ts$/.test(path) && !runsTypeScript())
    throw new BakthatError('UNSUPPORTED', `Node ${process.versions.node} does not run ${path}`, {
      hint: 'compile it to JavaScript, or use Node 22.18 or newer',
    })
  return { path }
}

function runsTypeScript(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript)
}

/** In the plugins' own `node_modules`, else where Bakthat itself is installed. */
function findPackage({ package: name }: PackageReference, directory: string): Found {
  for (const from of [join(directory, 'noname.js'), import.meta.filename]) {
    const { resolve } = createRequire(from)
    const folder = resolve.paths(name)?.find((path) => existsSync(join(path, name, 'package.json')))
    if (folder === undefined) continue
    const manifest = readFileSync(join(folder, name, 'package.json'), 'utf8')
    const { version, exports } = JSON.parse(manifest) as { readonly version?: string; readonly exports?: unknown }
    const entry = packageEntry(exports)
    const path = entry === undefined ? resolve(name) : join(folder, name, entry)
    return { path, ...(version !== undefined && { version }) }
  }
  throw new BakthatError('NOT_FOUND', `the package ${name} is not installed`, {
    hint: `npm install --prefix ${shellWords(directory)} ${name}`,
  })
}
