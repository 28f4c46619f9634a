import { fstatSync, lstatSync } from 'node:fs'
import {
  aclKind,
  attributeKey,
  capability,
  isPortable,
  paxPrefix,
  refusalOf,
  requireExtendedAttributes,
  type ExtendedAttributes,
} from '../attributes/extended-attributes.js'
import { formatAcl, type Owners } from '../attributes/posix-acl.js'
import { decodeUtf8, toByteString } from '../paths/byte-string.js'
import { paxRecord } from '../tar/pax-record.js'
import type { FillSettings } from './plan.js'

/** What one entry may have of them: less than readers take as one header. */
const mostBytes = 512 * 1024

/** The file system has none, or the entry is gone by now, of which others tell. */
const ordinary = new Set(['ENOTSUP', 'ENOENT', 'ENOTDIR'])

/** Reads the extended attributes and access control lists that an archive keeps, if it does. */
export class KeptAttributes {
  readonly #attributes: ExtendedAttributes | undefined
  readonly #names: Owners<number, string>
  /** Devices whose file systems have none: an error costs more than an answer. */
  readonly #without = new Set<bigint>()
  readonly #complain: (message: string) => void

  /** `complain` is told of an entry whose attributes cannot be asked for or read, or are too many. */
  constructor({ xattrs, userNames, groupNames }: FillSettings, complain: (message: string) => void) {
    this.#attributes = xattrs ? requireExtendedAttributes() : undefined
    this.#names = { user: userNames, group: groupNames }
    this.#complain = complain
  }

  /**
   * Those of a file or directory as pax records, in the order of their names; mostly the empty string. `file` is the file that was
   * opened by that path.
   */
  recordsOf(accessPath: string, file?: { readonly descriptor: number; readonly device: bigint }): string {
    if (this.#attributes === undefined || (file !== undefined && this.#without.has(file.device))) return ''
    const path = decodeUtf8(accessPath === '' ? '/' : accessPath)
    if (path === undefined) {
      this.#complain('its extended attributes are left out: its path is not UTF-8')
      return ''
    }
    try {
      const names = this.#attributes.listAttributesSync(path)
      return names.length === 0 ? '' : this.#read(path, names.filter(isPortable).sort(), file?.descriptor)
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === 'ENOTSUP' && file !== undefined) this.#without.add(file.device)
      if (!ordinary.has(refusal)) this.#complain(`its extended attributes cannot be read (${refusal})`)
      return ''
    }
  }

  #read(path: string, names: readonly string[], descriptor: number | undefined): string {
    let records = ''
    for (const name of names) {
      const value =
        name === capability ? this.#capability(path, descriptor) : this.#attributes!.getAttributeSync(path, name)
      if (value !== null) records += this.#record(name, value)
    }
    if (records.length <= mostBytes) return records
    this.#complain('its extended attributes are too many, and are left out')
    return ''
  }

  #record(name: string, value: Buffer): string {
    const kind = aclKind(name)
    const text = kind === undefined ? undefined : formatAcl(value, this.#names)
    if (text !== undefined) return paxRecord(`${paxPrefix.list}${kind}`, text)
    return paxRecord(attributeKey(toByteString(name)), value.toString('latin1'))
  }

  /** It is asked for by path: another file may lie there for a moment, and would lend its rights to this one's contents. */
  #capability(path: string, descriptor: number | undefined): Buffer | null {
    if (descriptor === undefined) return null
    const opened = fstatSync(descriptor, { bigint: true })
    const value = this.#attributes!.getAttributeSync(path, capability)
    const there = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    const isSame = there?.ino === opened.ino && there.dev === opened.dev && there.ctimeNs === opened.ctimeNs
    return isSame ? value : null
  }
}
