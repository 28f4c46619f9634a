import { spawnSync } from 'node:child_process'
import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { extract, type ArchiveWarning } from '@bakthat/archive'
import fc from 'fast-check'
import { acl, aclOf, attributesOf, giveAttributes, withAttributes, type AclEntry } from './attribute-support.js'
import { has, packed, packFile, run } from './pack-support.js'
import { chunked, entry, extractInto, pax, streamed, tar } from './unpack-support.js'

const xattrs = true
const names = ['.', 'plain', 'note', 'read-only', 'big', 'dir', 'dir/inner', 'also-note'] as const

/** A tree in which nearly everything has attributes or lists, `isEscaping` one whose name cannot be a key as it is. */
function makeTree(tree: string, isEscaping = true): void {
  mkdirSync(join(tree, 'dir'), { recursive: true })
  writeFileSync(join(tree, 'plain'), 'nothing special')
  writeFileSync(join(tree, 'note'), 'hello')
  giveAttributes(join(tree, 'note'), {
    'user.note': Buffer.from('a=b\n1 c=d'),
    'user.empty': Buffer.alloc(0),
    ...(isEscaping && { 'user.a=b%20': Buffer.from('has to be escaped') }),
    'user.ünïcode': Buffer.from([0, 255, 10, 61]),
    [acl.access]: aclOf([1, 6], [2, 4, 1], [2, 6, 4242], [4, 4], [8, 5, 1], [16, 7], [32, 0]),
  })
  linkSync(join(tree, 'note'), join(tree, 'also-note'))
  writeFileSync(join(tree, 'read-only'), 'hello')
  giveAttributes(join(tree, 'read-only'), { 'user.note': Buffer.from('kept') })
  chmodSync(join(tree, 'read-only'), 0o444)
  writeFileSync(join(tree, 'big'), Buffer.alloc(5 << 20, 'contents in pieces'))
  giveAttributes(join(tree, 'big'), { 'user.size': Buffer.from('large') })
  writeFileSync(join(tree, 'dir/inner'), 'made before its directory gets a list')
  for (const directory of [tree, join(tree, 'dir')]) {
    giveAttributes(directory, {
      'user.directory': Buffer.from('too'),
      [acl.default]: aclOf([1, 7], [2, 7, 4242], [4, 5], [16, 7], [32, 5]),
    })
  }
}

/** What of a tree can be given back. */
function described(tree: string): unknown {
  return names.map((name) => [name, lstatSync(join(tree, name)).mode, attributesOf(join(tree, name))])
}

describe('extended attributes and access control lists', () => {
  it('come back, of files and directories, whatever the number of workers', () =>
    withAttributes(async (directory) => {
      const tree = join(directory, 'tree')
      makeTree(tree)
      const compression = { format: 'none' } as const
      const { bytes, warnings } = await packed({ path: tree, compression, xattrs, workers: 1 })
      expect(warnings).toEqual([])
      expect((await packed({ path: tree, compression, xattrs, workers: 3 })).bytes.equals(bytes)).toBe(true)
      const restored = await extract(chunked(bytes), { to: join(directory, 'out') })
      expect(restored.warnings).toEqual([])
      expect(described(join(directory, 'out/tree'))).toEqual(described(tree))
      expect(attributesOf(join(tree, 'note'))).toHaveProperty(['user.ünïcode'], '00ff0a3d')
    }))

  const tools = [
    ['tar', ['--acls', '--xattrs', '--xattrs-include=*']],
    ['bsdtar', ['--acls', '--xattrs']],
  ] as const

  for (const [tool, options] of tools) {
    const judged = has(tool) ? it : it.skip
    judged(`are understood by ${tool}`, () =>
      withAttributes(async (directory) => {
        const [tree, out, archive] = ['tree', 'out', 'archive.tar'].map((name) => join(directory, name)) as [
          string,
          string,
          string,
        ]
        makeTree(tree, tool !== 'bsdtar') // It does not undo the escaping.
        await packFile({ path: tree, xattrs }, archive)
        mkdirSync(out)
        run(tool, [...options, '-p', '-C', out, '-x', '-f', archive])
        expect(described(join(out, 'tree'))).toEqual(described(tree))
      }),
    )

    judged(`come back from what ${tool} stored`, () =>
      withAttributes(async (directory) => {
        const [tree, out] = [join(directory, 'tree'), join(directory, 'out')]
        makeTree(tree)
        const archive = run(tool, [...options, '--format=pax', '-C', directory, '-c', '-f', '-', 'tree'])
        const { warnings } = await extract(chunked(archive), { to: out })
        expect(warnings).toEqual([])
        expect(described(join(out, 'tree'))).toEqual(described(tree))
      }),
    )
  }

  it('are, of every list, what was there', async () => {
    const bits = fc.nat(7)
    const someone = fc.oneof(fc.constantFrom(0, 1, 2, 65534), fc.nat(2 ** 32 - 2))
    const users = fc.dictionary(someone.map(String), bits, { maxKeys: 5 })
    const lists = fc.tuple(bits, users, bits, users, bits, bits).map(([owner, named, group, groups, mask, other]) => {
      const entriesOf = (tag: number, all: Record<string, number>): AclEntry[] =>
        Object.entries(all)
          .map(([id, allowed]) => [tag, allowed, Number(id)] as const)
          .sort((a, b) => a[2] - b[2])
      return aclOf([1, owner], ...entriesOf(2, named), [4, group], ...entriesOf(8, groups), [16, mask], [32, other])
    })
    await fc.assert(
      fc.asyncProperty(lists, (list) =>
        withAttributes(async (directory) => {
          const tree = join(directory, 'tree')
          mkdirSync(tree)
          giveAttributes(tree, { [acl.default]: list })
          const { bytes } = await packed({ path: tree, compression: { format: 'gzip' }, xattrs, workers: 1 })
          await extract(chunked(bytes), { to: join(directory, 'out') })
          expect(attributesOf(join(directory, 'out/tree'))).toEqual({ [acl.default]: list.toString('hex') })
        }),
      ),
      { seed: 3, numRuns: 40 },
    )
  })

  it('go by the name, and by the number where nobody has it, in the forms of other tools', () =>
    withAttributes(async (directory) => {
      const base = 'user::rw-,group::r--,mask::rwx,other::---'
      const forms = {
        named: `${base},user:daemon:r-x:4242`,
        unknown: `${base},user:nobody-has-this:r-x:1`,
        numbered: `${base},user:1:r-x`,
        'in lines': `${base.replaceAll(',', '\n')}\nuser:daemon:r-x\t#effective:r-x\n`,
      }
      const entries = Object.entries(forms).flatMap(([name, text]) => [
        pax({ 'SCHILY.acl.access': text }),
        entry({ name }),
      ])
      expect((await extractInto(join(directory, 'out'), tar(...entries))).warnings).toEqual([])
      const list = aclOf([1, 6], [2, 5, 1], [4, 4], [16, 7], [32, 0]).toString('hex')
      for (const name of Object.keys(forms))
        expect(attributesOf(join(directory, 'out', name))).toEqual({ [acl.access]: list })
    }))

  it('come back of the target too, where the restore makes it', () =>
    withAttributes(async (directory) => {
      const record = {
        'SCHILY.xattr.user.note': 'x',
        'SCHILY.acl.default': 'user::rwx,user:1:r-x,group::r-x,mask::r-x,other::---',
      }
      await extractInto(join(directory, 'out'), tar(pax(record), entry({ name: './', flag: '5', mode: 0o755 })))
      expect(attributesOf(join(directory, 'out'))).toEqual({
        [acl.default]: aclOf([1, 7], [2, 5, 1], [4, 5], [16, 5], [32, 0]).toString('hex'),
        'user.note': '78',
      })
    }))

  it('that say no more than the mode are no list', () =>
    withAttributes(async (directory) => {
      const archive = tar(pax({ 'SCHILY.acl.access': 'user::rw-,group::r--,other::r--' }), entry({ name: 'file' }))
      expect((await extractInto(join(directory, 'out'), archive)).warnings).toEqual([])
      expect(attributesOf(join(directory, 'out/file'))).toEqual({})
    }))

  it.each([
    ['of other systems', 'security.selinux', 'label'],
    ['that bsdtar alone names', 'LIBARCHIVE', ''],
    ['that are no list', 'acl', 'user::rw-,nonsense'],
    ['of somebody who is not here', 'acl', 'user::rw-,user:nobody-has-this:r--,group::r--,mask::r--,other::r--'],
    ['of NFS', 'ace', 'owner@:rw:allow'],
  ])('are told, once, where they are not given: those %s', (_, kind, value) =>
    withAttributes(async (directory) => {
      const keys: Record<string, string> = {
        acl: 'SCHILY.acl.access',
        ace: 'SCHILY.acl.ace',
        LIBARCHIVE: 'LIBARCHIVE.xattr.user.note',
      }
      const one = (name: string): Buffer[] => [pax({ [keys[kind] ?? `SCHILY.xattr.${kind}`]: value }), entry({ name })]
      const { warnings } = await extractInto(join(directory, 'out'), tar(...one('a'), ...one('b')))
      const message = 'its extended attributes or access list, and those of others, are not all restored: tar can'
      expect(warnings).toEqual([{ code: 'attributes', path: 'a', message, incomplete: false }])
    }),
  )

  it('make a restore incomplete where the system refuses them', () =>
    withAttributes(async (directory) => {
      const records = { 'SCHILY.xattr.user.huge': 'x'.repeat(70_000) }
      const { warnings } = await extractInto(
        join(directory, 'out'),
        tar(pax(records), entry({ name: 'a', body: 'kept' }), pax(records), entry({ name: 'b' })),
      )
      expect(warnings).toMatchObject([{ code: 'attributes', path: 'a', incomplete: true }])
      expect(warnings[0]!.message).toMatch(
        /^the attribute user\.huge cannot be given to it, nor to others \(E[A-Z0-9]+\)$/,
      )
      expect(readFileSync(join(directory, 'out/a'), 'utf8')).toBe('kept')
    }))

  it('are left away, and told, where every directory has a long list of its own, which would fill the memory', () =>
    withAttributes(async (directory) => {
      const base = 'user::rwx,group::r-x,mask::rwx,other::---'
      const listed = (first: number): Buffer => {
        const users = Array.from({ length: 400 }, (_, i) => `user:${first + i}:rwx`)
        return pax({ 'SCHILY.acl.default': [base, ...users].join(',') })
      }
      function* archive(): Generator<Buffer> {
        for (let i = 0; i < 1400; i++) yield Buffer.concat([listed(i * 400), entry({ name: `d${i}/`, flag: '5' })])
        yield tar()
      }
      const { warnings } = await extract(streamed(archive()), { to: join(directory, 'out') })
      expect(warnings).toHaveLength(1)
      expect(warnings[0]!.message).toMatch(/are not all restored/)
      const isListed = (name: string): boolean => acl.default in attributesOf(join(directory, 'out', name))
      expect([isListed('d0'), isListed('d1399')]).toEqual([true, false])
    }))

  it('that lend rights to whoever runs a file are restored on demand alone', () =>
    withAttributes(async (directory) => {
      const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex')
      const tool = [pax({ 'SCHILY.xattr.security.capability': capability.toString('latin1') }), entry({ name: 'tool' })]
      const plain = await extractInto(join(directory, 'plain'), tar(...tool))
      expect(plain.warnings).toMatchObject([{ message: 'its capabilities are not restored', incomplete: false }])
      expect(attributesOf(join(directory, 'plain/tool'))).toEqual({})
      const asked = await extractInto(join(directory, 'asked'), tar(...tool), { keepSpecialModes: true })
      const { bytes } = await packed({ path: join(directory, 'asked'), compression: { format: 'none' }, xattrs })
      // Not every root may give them.
      const isGiven = asked.warnings.length === 0
      if (!isGiven) expect(asked.warnings).toMatchObject([{ incomplete: true }])
      expect(attributesOf(join(directory, 'asked/tool'))).toEqual(
        isGiven ? { 'security.capability': capability.toString('hex') } : {},
      )
      expect(bytes.includes('SCHILY.xattr.security.capability=')).toBe(isGiven)
    }))

  it('are left out, which is told, where a path is not UTF-8', () =>
    withAttributes(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      writeFileSync(Buffer.from(join(directory, 'tree', 'h\xe9'), 'latin1'), '')
      const { warnings } = await packed({ path: join(directory, 'tree'), xattrs, compression: { format: 'none' } })
      const message = 'its extended attributes are left out: its path is not UTF-8'
      expect(warnings).toEqual([{ code: 'skipped', path: 'tree/h\\xe9', message, incomplete: false }])
    }))

  it('are left out unless they are asked for', () =>
    withAttributes(async (directory) => {
      makeTree(join(directory, 'tree'))
      const { bytes } = await packed({ path: join(directory, 'tree'), compression: { format: 'none' } })
      expect(bytes.includes('SCHILY')).toBe(false)
    }))

  it('are refused to whoever asks for them, and told by restores, without the optional dependency', () =>
    withAttributes(async (directory) => {
      const tree = join(directory, 'tree')
      makeTree(tree)
      await packFile({ path: tree, xattrs }, join(directory, 'with.tar'))
      writeFileSync(
        join(directory, 'without.cjs'),
        `const Module = require('node:module')
        const resolve = Module._resolveFilename
        Module._resolveFilename = (name, ...rest) => {
          if (name === '@napi-rs/xattr') throw Object.assign(new Error('not there'), { code: 'MODULE_NOT_FOUND' })
          return resolve(name, ...rest)
        }`,
      )
      const script = `
        import { createReadStream } from 'node:fs'
        const { extract, pack } = await import(${JSON.stringify(import.meta.resolve('@bakthat/archive'))})
        const { warnings } = await extract(createReadStream('with.tar'), { to: 'out' })
        const error = await pack({ path: process.cwd() + '/tree', xattrs: true }).bytes.next().catch((error) => error)
        console.log(JSON.stringify({ warnings, code: error.code }))`
      const env = { ...process.env, NODE_OPTIONS: `--require ${join(directory, 'without.cjs')}` }
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: directory,
        env,
      })
      expect(stderr.toString()).toBe('')
      const told = JSON.parse(stdout.toString()) as { warnings: ArchiveWarning[]; code: string }
      expect(told).toMatchObject({ warnings: [{ code: 'attributes', path: 'tree' }], code: 'UNSUPPORTED' })
    }))
})
