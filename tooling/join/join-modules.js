#!/usr/bin/env node
// Joins the modules of a package: `join-modules [--keep] [entry…]`, run in its directory. Node takes about half a
// millisecond to find, read and link one module, so a package that a command loads at every start is published as one file
// instead of thirty. What is imported dynamically stays in files of its own, and so does each entry, such as a worker's
// script. Dependencies are left out and loaded as always; devDependencies that the source imports are put in, without what
// is not used of them, and with their licence.
//
// `--keep` leaves the single modules too, for tests that look inside; the package's `files` then leave them out.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import licences from 'spdx-license-list/full.js'

const isKeeping = process.argv.includes('--keep')
const asked = process.argv.slice(2).filter((argument) => argument !== '--keep')
const entries = asked.length > 0 ? asked : ['src/index.ts']
const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

for (const file of filesOf('dist', isKeeping ? /^[^/]+\.js$/ : /\.js$/)) rmSync(join('dist', file))
const { metafile } = await build({
  entryPoints: entries,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  // Workers lie beside whatever starts them, wherever that ends up.
  entryNames: '[name]',
  format: 'esm',
  // Of what a package is built as, modules: `platform: 'node'` would take what was built for `require`, all of it.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'node20.19',
  external: [
    'node:*',
    ...builtinModules,
    ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }),
  ],
  metafile: true,
  logLevel: 'warning',
})
const notices = [...foldersOf(metafile)].sort().map(noticeOf)
if (notices.length > 0) writeFileSync('dist/third-party-notices.txt', notices.join('\n'))

function filesOf(folder, pattern) {
  return readdirSync(folder, { recursive: true }).filter((file) => pattern.test(file))
}

/** The folders of the packages that something was put in of. */
function foldersOf({ inputs }) {
  const folders = Object.keys(inputs).map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0])
  return new Set(folders.filter((folder) => folder !== undefined))
}

/** With the licence that the package ships, else the text of the one that its manifest names. */
function noticeOf(folder) {
  const { name, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const shipped = filesOf(folder, /^LICEN[CS]E(\.\w+)?$/i)[0]
  const text = shipped === undefined ? licences[license]?.licenseText : readFileSync(join(folder, shipped), 'utf8')
  if (text === undefined) throw new Error(`${name} comes without a licence that can be passed on`)
  return `Parts of ${name} are joined into this package, under this licence:\n\n${text.trim()}\n`
}
