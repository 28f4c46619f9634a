import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Binding from '@napi-rs/xattr'

const binding = createRequire(import.meta.url)('@napi-rs/xattr') as typeof Binding

export const acl = { access: 'system.posix_acl_access', default: 'system.posix_acl_default' } as const

/** Sets the attributes of a file or directory. */
export function giveAttributes(path: string, attributes: Readonly<Record<string, Buffer>>): void {
  for (const [name, value] of Object.entries(attributes)) binding.setAttributeSync(path, name, value)
}

/** All attributes of a file or directory that do not come from the system, in hexadecimal. */
export function attributesOf(path: string): Record<string, string> {
  const names = binding.listAttributesSync(path).filter((name) => !/^(?:trusted|security\.selinux)/.test(name))
  return Object.fromEntries(names.sort().map((name) => [name, binding.getAttributeSync(path, name)!.toString('hex')]))
}

/** An entry of an access control list: tag, permissions and number, as in posix_acl_xattr.h. */
export type AclEntry = readonly [tag: number, permissions: number, id?: number]

/** An access control list as Linux keeps it. */
export function aclOf(...entries: readonly AclEntry[]): Buffer {
  const list = Buffer.alloc(4 + 8 * entries.length)
  list.writeUInt32LE(2, 0)
  entries.forEach(([tag, permissions, id = 0xffffffff], i) => {
    list.writeUInt16LE(tag, 4 + 8 * i)
    list.writeUInt16LE(permissions, 6 + 8 * i)
    list.writeUInt32LE(id, 8 + 8 * i)
  })
  return list
}

/** A directory on a file system that has attributes and lists; removed when `use` has ended. */
export async function withAttributes<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(home(), 'bakthat-attributes-'))
  try {
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

let found: string | undefined

/** Not every file system for temporary files has them. */
function home(): string {
  found ??= [tmpdir(), process.cwd(), '/dev/shm', '/var/tmp'].find(hasAttributes)
  if (found === undefined) throw new Error('no file system with extended attributes is at hand')
  return found
}

function hasAttributes(directory: string): boolean {
  const probe = mkdtempSync(join(directory, 'bakthat-probe-'))
  try {
    writeFileSync(join(probe, 'file'), '')
    giveAttributes(join(probe, 'file'), {
      'user.probe': Buffer.from('x'),
      [acl.access]: aclOf([1, 6], [2, 4, 1], [4, 4], [16, 4], [32, 4]),
    })
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true })
  }
}
