import {
  aclAttribute,
  aclKind,
  attributeName,
  capability,
  findExtendedAttributes,
  isPortable,
  paxPrefix,
  refusalOf,
  type ExtendedAttributes,
} from '../attributes/extended-attributes.js'
import { parseAcl, sizeOfMode, type Owners } from '../attributes/posix-acl.js'
import { decodeUtf8, toByteString } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import type { PaxRecords } from '../tar/decode-pax.js'
import type { WarningList } from '../warnings/warning-list.js'
import { idsByName } from './owner-ids.js'
import { SharedLists } from './shared-lists.js'
import type { TarEntry } from './tar-entry.js'

export interface GivenAttribute {
  readonly name: string
  readonly value: Buffer
}

/** What an entry gets as soon as it is made, and what after its owner and mode, of which it is a part. */
export interface Given {
  readonly own: readonly GivenAttribute[]
  readonly access: readonly GivenAttribute[]
}

const none: Given = { own: [], access: [] }

/** Gives files and directories the extended attributes and access control lists that an archive has for them. */
export class GivenAttributes {
  readonly #keepsPowers: boolean
  readonly #warnings: WarningList
  readonly #refused = new Set<string>()
  #owners: Owners<string, number> | undefined
  readonly #lists = new SharedLists()
  #attributes: ExtendedAttributes | undefined
  #isTold = false

  /** `keepsPowers`: whether those are given that lend rights to whoever runs a file. */
  constructor(keepsPowers: boolean, warnings: WarningList) {
    this.#keepsPowers = keepsPowers
    this.#warnings = warnings
  }

  /** Nothing for another name of a file. What `access` directories get takes some MiB of memory at most, however many there are. */
  of({ type, extended }: TarEntry, path: string): Given {
    if (extended === undefined || type === 'hardlink') return none
    this.#attributes ??= findExtendedAttributes()
    const canHave = this.#attributes !== undefined && (type === 'file' || type === 'directory')
    const own: GivenAttribute[] = []
    const access: GivenAttribute[] = []
    for (const [key, value] of extended) {
      if (isRepeated(key, extended)) continue
      const attribute = canHave ? this.#attributeOf(key, value) : undefined
      if (attribute === undefined) this.#tellLost(path)
      else if (attribute.name === capability && !this.#keepsPowers) this.#tellPowers(path)
      else if (!isAccess(attribute)) own.push(attribute)
      else if (saysMoreThanMode(attribute)) this.#addAccess(attribute, type, path, access)
    }
    return { own, access }
  }

  /** `place` is the thing, which is no symbolic link. What the system refuses is told. */
  give(place: string, path: string, attributes: readonly GivenAttribute[]): void {
    const text = decodeUtf8(place)
    if (text === undefined) this.#tellLost(path)
    else for (const attribute of attributes) this.#set(text, path, attribute)
  }

  #set(place: string, path: string, { name, value }: GivenAttribute): void {
    try {
      this.#attributes!.setAttributeSync(place, name, value)
    } catch (error) {
      this.#tellRefusal(path, name, refusalOf(error))
    }
  }

  #addAccess({ name, value }: GivenAttribute, type: TarEntry['type'], path: string, access: GivenAttribute[]): void {
    const kept = type === 'directory' ? this.#lists.share(value) : value
    if (kept === undefined) this.#tellLost(path)
    else access.push({ name, value: kept })
  }

  #attributeOf(key: string, value: string): GivenAttribute | undefined {
    if (key.startsWith(paxPrefix.list)) {
      const name = aclAttribute(key.slice(paxPrefix.list.length))
      this.#owners ??= { user: idsByName('/etc/passwd'), group: idsByName('/etc/group') }
      const list = aclKind(name) === undefined ? undefined : parseAcl(value, this.#owners)
      return list && { name, value: list }
    }
    if (!key.startsWith(paxPrefix.attribute)) return undefined
    const name = decodeUtf8(attributeName(key))
    return name === undefined || !isPortable(name) ? undefined : { name, value: Buffer.from(value, 'latin1') }
  }

  /** Once: some systems give them to every file. */
  #tellLost(path: string): void {
    if (this.#isTold) return
    this.#isTold = true
    const message = 'its extended attributes or access list, and those of others, are not all restored: tar can'
    this.#warnings.add('attributes', path, message, false)
  }

  #tellPowers(path: string): void {
    this.#warnings.add('attributes', path, 'its capabilities are not restored', false)
  }

  /** Once for each attribute: a file system that has none refuses them thousands of times. */
  #tellRefusal(path: string, name: string, refusal: string): void {
    const what = `${name} ${refusal}`
    if (this.#refused.has(what) || this.#refused.size > mostRefusals) return
    this.#refused.add(what)
    const message = `the attribute ${escapePath(toByteString(name))} cannot be given to it, nor to others (${refusal})`
    this.#warnings.add('attributes', path, message, true)
  }
}

const mostRefusals = 1000

function isAccess({ name }: GivenAttribute): boolean {
  return name === capability || aclKind(name) !== undefined
}

/** GNU tar and bsdtar write some in two forms. */
function isRepeated(key: string, extended: PaxRecords): boolean {
  if (key.startsWith('LIBARCHIVE.')) return extended.has(key.replace('LIBARCHIVE', 'SCHILY'))
  const kind = key.startsWith(paxPrefix.attribute) ? aclKind(attributeName(key)) : undefined
  return kind !== undefined && extended.has(`${paxPrefix.list}${kind}`)
}

function saysMoreThanMode({ name, value }: GivenAttribute): boolean {
  return aclKind(name) !== 'access' || value.length > sizeOfMode
}
