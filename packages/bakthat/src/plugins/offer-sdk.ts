import { existsSync, lstatSync } from 'node:fs'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { BakthatError, shellWords } from '@bakthat/errors'

const name = '@bakthat/plugin-sdk'

/**
 * Lets files of the plugins' directory import the SDK without an installation of their own, and editors find its types: by a link
 * to the one that Bakthat brings along. Whatever is installed there goes before it; a link that leads nowhere is made anew.
 */
export async function offerSdk(directory: string): Promise<void> {
  if (isFoundFrom(directory)) return
  const link = join(directory, 'node_modules', name)
  const own = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  try {
    await mkdir(dirname(link), { recursive: true, mode: 0o755 })
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) await rm(link)
    await symlink(own, link, 'junction')
  } catch (cause) {
    if (isFoundFrom(directory)) return
    throw new BakthatError('PERMISSION_DENIED', `${name} cannot be linked into ${directory}`, {
      hint: `npm install --prefix ${shellWords(directory)} ${name}`,
      cause,
    })
  }
}

/** As Node looks for it. */
function isFoundFrom(directory: string): boolean {
  if (existsSync(join(directory, 'node_modules', name))) return true
  const parent = dirname(directory)
  return parent !== directory && isFoundFrom(parent)
}
