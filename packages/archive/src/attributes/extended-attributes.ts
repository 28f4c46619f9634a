import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import type * as Binding from '@napi-rs/xattr'
import { BakthatError, systemCodeOf } from '@bakthat/errors'

/** Extended attributes of Linux (xattr(7)), by the optional dependency `@napi-rs/xattr`. Symbolic links are not followed. */
export type ExtendedAttributes = Pick<typeof Binding, 'listAttributesSync' | 'getAttributeSync' | 'setAttributeSync'>

/** `undefined` on other systems, and where the dependency is not installed or was built for another machine. */
export function findExtendedAttributes(): ExtendedAttributes | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return createRequire(import.meta.url)('@napi-rs/xattr') as typeof Binding
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The same. Throws `UNSUPPORTED` where there is none. */
export function requireExtendedAttributes(): ExtendedAttributes {
  const attributes = findExtendedAttributes()
  if (attributes !== undefined) return attributes
  throw new BakthatError('UNSUPPORTED', 'extended attributes cannot be read by this installation', {
    hint: 'leave --xattrs out; on Linux, install the optional package @napi-rs/xattr',
  })
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'MODULE_NOT_FOUND' || /native binding/.test(message)
}

/** What the system said: `ENOTSUP`. Errors that are not the system's are thrown again. */
export function refusalOf(error: unknown): string {
  const number = /\(os error (\d+)\)$/.exec((error as Error).message)?.[1]
  const errno = -Number(number)
  const code = systemCodeOf(number === undefined ? error : { code: getSystemErrorName(errno), errno })
  if (code === undefined) throw error
  return code
}

const fromAcl = /^system\.posix_acl_(access|default)$/

/**
 * What the names of pax records begin with: star's, as GNU tar and bsdtar write them, for the bytes of an attribute and for the
 * text of an access control list, which is an attribute on Linux (star(5), "SCHILY.xattr", "SCHILY.acl").
 */
export const paxPrefix = { attribute: 'SCHILY.xattr.', list: 'SCHILY.acl.' } as const

/** The key of an attribute's record: what ends a key is escaped, as GNU tar does it. Byte strings, both. */
export function attributeKey(name: string): string {
  return paxPrefix.attribute + name.replace(/[%=]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The name of an attribute by its record's key; bsdtar escapes more in it. Byte strings, both. */
export function attributeName(key: string): string {
  const escaped = key.slice(paxPrefix.attribute.length)
  return escaped.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
}

/** `access` or `default` where an attribute is an access control list. */
export function aclKind(name: string): string | undefined {
  return fromAcl.exec(name)?.[1]
}

export function aclAttribute(kind: string): string {
  return `system.posix_acl_${kind}`
}

/** The one that gives rights to whoever runs a file, as setuid does. */
export const capability = 'security.capability'

/**
 * Whether an attribute belongs to the file, and not to the system that it lies on: those of other namespaces are made anew there
 * (SELinux labels, signatures of a machine), or mean nothing elsewhere (of overlays and network file systems).
 */
export function isPortable(name: string): boolean {
  return name.startsWith('user.') || name === capability || aclKind(name) !== undefined
}
