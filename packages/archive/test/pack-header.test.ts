import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Header, Pax } from 'tar'
import { encodeHeader, headerBound, type EntryHeader } from '../dist/tar/encode-header.js'
import { paxRecord, paxTime } from '../dist/tar/pax-record.js'
import { entryTypes, libraryTypes } from './library-types.js'
import { has, run, withDirectory } from './pack-support.js'

const plain: EntryHeader = {
  type: 'file',
  path: 'a',
  linkTarget: '',
  size: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  userName: '',
  groupName: '',
  mtimeNs: 0n,
  deviceMajor: 0,
  deviceMinor: 0,
  records: '',
}

function encode(fields: Partial<EntryHeader>): Buffer {
  const entry = { ...plain, ...fields }
  const buffer = Buffer.alloc(headerBound(entry), 0xaa)
  return buffer.subarray(0, encodeHeader(buffer, 0, entry))
}

const types = fc.constantFrom(...entryTypes)
const names = fc.stringMatching(/^[ -.0-~]{1,80}$/)
const owner = fc.stringMatching(/^[a-z][a-z0-9_-]{0,30}$/)

const plainEntries = fc.record({
  type: types,
  path: names,
  linkTarget: fc.oneof(fc.constant(''), names),
  size: fc.nat({ max: 0o77777777777 }),
  mode: fc.nat({ max: 0o7777 }),
  uid: fc.nat({ max: 0o7777777 }),
  gid: fc.nat({ max: 0o7777777 }),
  userName: owner,
  groupName: owner,
  mtimeNs: fc.nat({ max: 0o37777777777 }).map((seconds) => BigInt(seconds) * 1_000_000_000n),
  deviceMajor: fc.nat({ max: 0o777777 }),
  deviceMinor: fc.nat({ max: 0o7777777 }),
})

describe('a tar header', () => {
  it("is byte for byte the tar library's where ustar holds everything", () => {
    fc.assert(
      fc.property(plainEntries, (entry) => {
        const block = Buffer.alloc(512)
        new Header({
          path: entry.path,
          type: libraryTypes[entry.type],
          linkpath: entry.linkTarget,
          size: entry.size,
          mode: entry.mode,
          uid: entry.uid,
          gid: entry.gid,
          uname: entry.userName,
          gname: entry.groupName,
          mtime: new Date(Number(entry.mtimeNs / 1_000_000n)),
          devmaj: entry.deviceMajor,
          devmin: entry.deviceMinor,
        }).encode(block)
        expect(encode(entry).equals(block)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('tells the tar library what was meant, whatever the lengths and sizes', () => {
    const text = fc.string({ minLength: 1, maxLength: 300, unit: fc.constantFrom('a', 'é', '日', '/', ' ', '=', '\n') })
    const entries = fc.record({
      path: text.filter((path) => !path.startsWith('/')),
      linkTarget: text,
      size: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      uid: fc.nat({ max: 0xffffffff }),
      gid: fc.nat({ max: 0xffffffff }),
      userName: fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom('a', 'ü') }),
      mtimeNs: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 19n }),
    })
    fc.assert(
      fc.property(entries, (entry) => {
        const latin1 = (value: string): string => Buffer.from(value).toString('latin1')
        const bytes = encode({
          ...entry,
          type: 'symlink',
          path: latin1(entry.path),
          linkTarget: latin1(entry.linkTarget),
          userName: latin1(entry.userName),
        })
        expect(bytes.length % 512).toBe(0)
        const { header, pax } = decode(bytes)
        expect(header.cksumValid).toBe(true)
        expect(pax?.path ?? header.path).toBe(entry.path)
        expect(pax?.linkpath ?? header.linkpath).toBe(entry.linkTarget)
        expect(pax?.size ?? header.size).toBe(entry.size)
        expect([pax?.uid ?? header.uid, pax?.gid ?? header.gid]).toEqual([entry.uid, entry.gid])
        expect(pax?.uname ?? header.uname).toBe(entry.userName)
        const milliseconds = (pax?.mtime ?? header.mtime)!.getTime()
        expect(Math.abs(milliseconds - Number(entry.mtimeNs) / 1e6)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
  })

  it('divides long paths at any slash where both parts fit, and only there', () => {
    for (let length = 95; length <= 270; length++) {
      for (const slash of [1, 50, 99, 100, 150, 155, 156, length - 2, length - 1].filter((at) => at < length)) {
        const path = `${'a'.repeat(slash)}/${'b'.repeat(length - slash - 1)}`
        const { header, pax } = decode(encode({ path, type: 'directory' }))
        const fits = length <= 100 || (slash <= 155 && length - slash - 1 <= 100 && slash < length - 1)
        expect(pax?.path).toBe(fits ? undefined : path)
        expect(pax?.path ?? header.path).toBe(path)
      }
    }
  })

  const bytesOf = (name: string): Buffer => Buffer.from(name, 'latin1')

  for (const program of ['tar', 'bsdtar']) {
    ;(has(program) ? it : it.skip)(`says sizes beyond 8 GiB and large owners so that ${program} understands`, () =>
      withDirectory((directory) => {
        const size = 9 * 2 ** 30 + 1
        const file = join(directory, 'huge.tar')
        const header = encode({ path: 'huge', size, uid: 3_000_000_000, gid: 2_097_152 })
        writeFileSync(file, header)
        truncateSync(file, header.length + size + 511 + 1024)
        const listing = run(program, ['-tvf', file]).toString()
        expect(listing).toMatch(/9663676417/)
        expect(listing).toMatch(/3000000000/)
        expect(listing).toMatch(/2097152/)
      }),
    )

    ;(has(program) ? it : it.skip)(`keeps any bytes as a name, as ${program} restores them`, () =>
      withDirectory((directory) => {
        const component = fc
          .uint8Array({ minLength: 1, maxLength: 255, min: 1 })
          .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('/', 'x'))
          .filter((name) => name !== '.' && name !== '..')
        const paths = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => `t/${parts.join('/')}`)
        let round = 0
        fc.assert(
          fc.property(paths, (path) => {
            const target = join(directory, String(round++))
            mkdirSync(target)
            writeFileSync(
              `${target}.tar`,
              Buffer.concat([encode({ path, size: 4 }), Buffer.from('data'), Buffer.alloc(1532)]),
            )
            run(program, ['-xf', `${target}.tar`, '-C', target])
            const found = run('find', [target, '-type', 'f', '-printf', '%P\\0'])
            expect(found.equals(Buffer.concat([bytesOf(path), Buffer.from([0])]))).toBe(true)
          }),
          { numRuns: 25 },
        )
      }),
    )
  }
})

describe('a pax record', () => {
  it('counts itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1100, unit: 'binary-ascii' }), (value) => {
        const record = paxRecord('path', value)
        expect(record.startsWith(`${record.length} path=`)).toBe(true)
      }),
    )
  })

  it.each([
    [0n, '0'],
    [1_500_000_001n, '1.500000001'],
    [-500_000_000n, '-0.500000000'],
    [-1_500_000_000n, '-1.500000000'],
    [-2_000_000_000n, '-2'],
  ])('writes %p nanoseconds as %p', (nanoseconds, text) => {
    expect(paxTime(nanoseconds)).toBe(text)
  })
})

function decode(bytes: Buffer): { header: Header; pax: Pax | undefined } {
  const first = new Header(bytes, 0)
  if (first.type !== 'ExtendedHeader') return { header: first, pax: undefined }
  const size = first.size!
  const pax = Pax.parse(bytes.subarray(512, 512 + size).toString())
  return { header: new Header(bytes, 512 + Math.ceil(size / 512) * 512), pax }
}
