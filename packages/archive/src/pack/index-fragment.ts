import { decodeUtf8 } from '../paths/byte-string.js'
import { typeFlags, type EntryHeader } from '../tar/encode-header.js'
import { paxTime } from '../tar/pax-record.js'

/** Collects the index lines of one frame. The format is described in docs/formats.md. */
export class IndexFragment {
  #lines = ''

  /** Adds the entry whose first header block lies at `offset` of the frame's tar bytes. */
  add(entry: EntryHeader, offset: number): void {
    const { type, size, mode, mtimeNs, linkTarget } = entry
    const link = linkTarget === '' ? '' : `,${encodePath(linkTarget)}`
    const start = `[${encodePath(entry.path)},"${typeFlags[type]}",${size},${mode},`
    this.#lines += `${start}"${paxTime(mtimeNs)}",${offset}${link}]\n`
  }

  /** The frame's line and its entries' lines, as bytes. Starts the next fragment. */
  take(storedSize: number, tarSize: number): Buffer {
    const text = `{"stored":${storedSize},"tar":${tarSize}}\n${this.#lines}`
    this.#lines = ''
    return Buffer.from(text, 'utf8')
  }
}

/** A string where the bytes are UTF-8; else an object with the bytes, one character each. */
function encodePath(bytes: string): string {
  const text = decodeUtf8(bytes)
  return text === undefined ? JSON.stringify({ bytes }) : JSON.stringify(text)
}
