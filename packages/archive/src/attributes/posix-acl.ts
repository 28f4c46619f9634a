/** Whom an entry of an access control list is about: its tag in Linux (include/uapi/linux/posix_acl.h) and its word in text. */
const tags = [
  { tag: 0x01, word: 'user', isNamed: false },
  { tag: 0x02, word: 'user', isNamed: true },
  { tag: 0x04, word: 'group', isNamed: false },
  { tag: 0x08, word: 'group', isNamed: true },
  { tag: 0x10, word: 'mask', isNamed: false },
  { tag: 0x20, word: 'other', isNamed: false },
] as const

const version = 2
const headerSize = 4
const entrySize = 8
const nobody = 2 ** 32 - 1
const permissions = ['r', 'w', 'x'] as const

/** Bytes of a list that says no more than a mode does. */
export const sizeOfMode = headerSize + 3 * entrySize

/** Names by number, or numbers by name, of users and of groups. */
export interface Owners<Key, Value> {
  readonly user: ReadonlyMap<Key, Value>
  readonly group: ReadonlyMap<Key, Value>
}

/**
 * The text of a list as Linux keeps it in an attribute (include/uapi/linux/posix_acl_xattr.h), in the form of star and bsdtar: entries
 * joined by commas, and behind each name its number. A byte string; `undefined` for what is no such list.
 */
export function formatAcl(value: Uint8Array, names: Owners<number, string>): string | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  if (value.length < headerSize || (value.length - headerSize) % entrySize !== 0) return undefined
  if (view.getUint32(0, true) !== version) return undefined
  const entries: string[] = []
  for (let at = headerSize; at < value.length; at += entrySize) {
    const kind = tags.find(({ tag }) => tag === view.getUint16(at, true))
    if (kind === undefined) return undefined
    const bits = view.getUint16(at + 2, true)
    const allowed = permissions.map((letter, i) => ((bits & (4 >> i)) === 0 ? '-' : letter)).join('')
    entries.push(
      `${kind.word}:${kind.isNamed ? named(view.getUint32(at + 4, true), names[kind.word], allowed) : `:${allowed}`}`,
    )
  }
  return entries.join(',')
}

function named(id: number, names: ReadonlyMap<number, string>, allowed: string): string {
  const name = names.get(id)
  return name === undefined || /[:,\s]/.test(name) ? `${id}:${allowed}` : `${name}:${allowed}:${id}`
}

/**
 * The list that such a text means, or one of GNU tar (a line for each entry), as Linux keeps it: names are looked up first, then the
 * number counts. `undefined` for a text that is none, and where a name means nobody here.
 */
export function parseAcl(text: string, numbers: Owners<string, number>): Buffer | undefined {
  const entries: { readonly tag: number; readonly bits: number; readonly id: number }[] = []
  for (const line of text.split(/[,\n]/)) {
    const entry = line.replace(/#.*/, '').trim()
    if (entry === '') continue
    const [word, name = '', allowed = '', number = ''] = entry.split(':')
    const kind = tags.find((tag) => tag.word === word && tag.isNamed === (name !== ''))
    const id = kind?.isNamed === true ? idOf(name, number, numbers[kind.word]) : nobody
    if (kind === undefined || id === undefined || !/^[r-][w-][x-]$/.test(allowed)) return undefined
    const bits = permissions.reduce((sum, letter, i) => sum | (allowed[i] === letter ? 4 >> i : 0), 0)
    entries.push({ tag: kind.tag, bits, id })
  }
  entries.sort((a, b) => a.tag - b.tag || a.id - b.id)
  const value = Buffer.alloc(headerSize + entries.length * entrySize)
  value.writeUInt32LE(version, 0)
  entries.forEach(({ tag, bits, id }, i) => {
    const at = headerSize + i * entrySize
    value.writeUInt16LE(tag, at)
    value.writeUInt16LE(bits, at + 2)
    value.writeUInt32LE(id, at + 4)
  })
  return value
}

function idOf(name: string, number: string, numbers: ReadonlyMap<string, number>): number | undefined {
  const known = numbers.get(name)
  if (known !== undefined) return known
  const stated = number === '' ? name : number
  return /^\d{1,10}$/.test(stated) && Number(stated) < nobody ? Number(stated) : undefined
}
