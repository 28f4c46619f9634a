import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack, type PackOptions, type PackSummary } from '@bakthat/archive'

/** Whether another program is on the path. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** A directory that is removed when `use` has ended. */
export async function withDirectory<Result>(use: (directory: string) => Promise<Result> | Result): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'bakthat-pack-'))
  try {
    return await use(directory)
  } finally {
    spawnSync('chmod', ['-R', 'u+rwx', directory])
    spawnSync('rm', ['-rf', directory])
  }
}

/** What a walk is told that leaves nothing out. */
export const wholeTree = {
  excludedBy: (): undefined => undefined,
  excludeCaches: false,
  oneFileSystem: false,
  omit: [],
}

export interface Packed extends PackSummary {
  readonly bytes: Buffer
}

/** Packs into memory. */
export async function packed(options: PackOptions): Promise<Packed> {
  const packing = pack(options)
  const chunks: Uint8Array[] = []
  for await (const chunk of packing.bytes) chunks.push(chunk)
  return { ...(await packing.summary), bytes: Buffer.concat(chunks) }
}

/** Packs without compression into a file. */
export async function packFile(options: PackOptions, file: string): Promise<Packed> {
  const result = await packed({ compression: { format: 'none' }, ...options })
  writeFileSync(file, result.bytes)
  return result
}

/** Runs a program and returns what it wrote; fails when it fails or complains. */
export function run(program: string, args: readonly string[], input?: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    maxBuffer: 1 << 30,
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  })
  if (status !== 0 || stderr.length > 0) throw new Error(`${program} ${args.join(' ')}: ${status} ${stderr.toString()}`)
  return stdout
}

export interface TarMember {
  /** Bytes, one latin1 character each. */
  readonly name: string
  readonly type: string
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  readonly mtime: string
  readonly linkName: string
  readonly major: number
  readonly minor: number
  readonly sha256: string
}

const listing = `
import tarfile, json, hashlib, sys
def raw(s): return s.encode('utf-8', 'surrogateescape').decode('latin1')
out = []
with tarfile.open(sys.argv[1]) as t:
    for m in t:
        data = hashlib.sha256(t.extractfile(m).read()).hexdigest() if m.isreg() and not m.islnk() else ''
        out.append(dict(name=raw(m.name), type=m.type.decode(), size=m.size, mode=m.mode, uid=m.uid, gid=m.gid,
            userName=m.uname, groupName=m.gname, mtime=m.pax_headers.get('mtime', str(int(m.mtime))),
            linkName=raw(m.linkname), major=m.devmajor, minor=m.devminor, sha256=data))
json.dump(out, sys.stdout)
`

/** What Python's tarfile finds in an archive that is not compressed. */
export function listByPython(file: string): TarMember[] {
  return JSON.parse(run('python3', ['-c', listing, file]).toString()) as TarMember[]
}

/** Everything that a restore has to give back, as text, by path; paths are bytes, one character each. */
export function describeTree(root: string): Map<string, string> {
  const tree = new Map<string, string>()
  const firstNames = new Map<bigint, string>()
  const visit = (path: string): void => {
    const file = Buffer.from(root + path, 'latin1')
    const stats = lstatSync(file, { bigint: true })
    const { mode, uid, gid, mtimeNs, rdev } = stats
    const parts = [mode.toString(8), uid, gid, stats.isDirectory() ? '' : stats.size]
    parts.push(mtimeNs / 100n, stats.isSymbolicLink() ? readlinkSync(file, 'latin1') : rdev)
    if (stats.isFile()) {
      parts.push(createHash('sha256').update(readFileSync(file)).digest('hex'), firstNames.get(stats.ino) ?? 'first')
      if (!firstNames.has(stats.ino)) firstNames.set(stats.ino, path)
    }
    tree.set(path, parts.join(' '))
    if (stats.isDirectory()) for (const name of readdirSync(file, 'latin1').sort()) visit(`${path}/${name}`)
  }
  visit('')
  return tree
}
