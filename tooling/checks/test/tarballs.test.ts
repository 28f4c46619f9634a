import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { filterProblems } from '@arethetypeswrong/core/problems'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { published, readText, root, type Manifest, type Package } from './support/repository.js'
import { run } from './support/run.js'

/** The pnpm that runs these tests, or else the pinned one, fetched by npx. */
function pnpm(): readonly [string, ...string[]] {
  const running = process.env.npm_execpath
  if (running?.includes('pnpm') === true) return [process.execPath, running]
  return ['npx', '--yes', (JSON.parse(readText('package.json')) as { packageManager: string }).packageManager]
}

describe.each(published.map((subject) => [subject.name, subject] as const))('the tarball of %s', (name, subject) => {
  const tarball = `${name.replace('@', '').replace('/', '-')}-${subject.manifest.version}.tgz`

  it('holds what was built, README and LICENSE, and nothing else', async () => {
    const files = await list(tarball)
    const folders = (subject.manifest.files ?? []).map((folder) => folder.split('/')[0]!)
    const top = new Set(files.map((file) => file.split('/')[0]!))
    top.delete('CHANGELOG.md')
    expect([...top].sort()).toEqual([...new Set(['LICENSE', 'README.md', 'package.json', ...folders])].sort())
    // What a project begins with is source, and tests.
    const ours = files.filter((file) => !file.startsWith('templates/'))
    expect(ours.filter((file) => /\.(map|tsbuildinfo|test\.[jt]s)$|(?<!\.d)\.ts$/.test(file))).toEqual([])
    expect(files.filter((file) => file.startsWith('dist/')).length).toBeGreaterThan(0)
  })

  it('names versions that a registry knows', async () => {
    const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: scratch })
    const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(stdout) as Manifest
    const ranges = Object.values({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    expect(ranges.filter((range) => !/^(npm:[\w-]+@)?[\^~]?\d+\.\d+\.\d+/.test(range))).toEqual([])
  })

  it('gives publint nothing to say', async () => {
    const packed = readFileSync(join(scratch, tarball))
    const found = await publint({ pack: { tarball: new Uint8Array(packed).buffer }, strict: true })
    expect(found.messages.map((message) => formatMessage(message, found.pkg))).toEqual([])
  })

  it('has types that TypeScript finds and that are true, for importers and for bundlers', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(join(scratch, tarball))))
    if (analysis.types === false) throw new Error('no types at all')
    const problems = esmOnly.flatMap((resolutionKind) => filterProblems(analysis, { resolutionKind }))
    expect(problems).toEqual([])
  })
})

describe('the tarball of @bakthat/plugin-sdk', () => {
  it('brings the contracts along and nothing else: no SDK of Amazon, no database, no parser of command lines', async () => {
    expect(await broughtBy('@bakthat/plugin-sdk')).toEqual([
      '@bakthat/errors',
      '@bakthat/events',
      '@bakthat/plugin-sdk',
      '@bakthat/storage',
      'mitt',
    ])
  })
})

describe('the tarball of @bakthat/keyvalue', () => {
  it('brings what keeps values along, and no engine, no archives, no vaults, no parser of command lines', async () => {
    const brought = await broughtBy('@bakthat/keyvalue')
    expect(brought.filter((name) => name.startsWith('@bakthat/'))).toEqual([
      '@bakthat/aws',
      '@bakthat/catalog',
      '@bakthat/config',
      '@bakthat/crypto',
      '@bakthat/errors',
      '@bakthat/keyvalue',
      '@bakthat/local',
      '@bakthat/s3',
      '@bakthat/storage',
    ])
    const asksFor = ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner', 'better-sqlite3']
    expect(brought).toEqual(expect.arrayContaining(asksFor))
    for (const unwanted of [
      '@aws-sdk/client-glacier',
      'tar',
      'yargs',
      'yargs-parser',
      'drizzle-orm',
      'yaml',
      'age-encryption',
    ])
      expect(brought).not.toContain(unwanted)
    expect(brought.length).toBeLessThanOrEqual(85)
  })
})

/** Everything that an installation of a package of ours brings, by what the tarballs and the packages of others say. */
async function broughtBy(name: string): Promise<readonly string[]> {
  const found = new Set<string>()
  const add = async (dependency: string, from: string): Promise<void> => {
    if (found.has(dependency)) return
    found.add(dependency)
    const path = from === '' ? ownerOf(dependency).path : installed(dependency, from)
    if (path === undefined) return
    const owner = published.find((subject) => subject.name === dependency)
    const manifest =
      owner === undefined ? readFileSync(join(path, 'package.json'), 'utf8') : await packedManifest(owner)
    const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(manifest) as Manifest
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      await add(next, path)
  }
  await add(name, '')
  return [...found].sort()
}

/** Where a package is that another one asks for, as Node finds it: from the other one upwards. One for another Node may be missing. */
function installed(name: string, from: string): string | undefined {
  const path = join(from, 'node_modules', name)
  if (existsSync(path)) return realpathSync(path)
  return from === dirname(from) ? undefined : installed(name, dirname(from))
}

function ownerOf(name: string): Package {
  return published.find((subject) => subject.name === name)!
}

async function packedManifest({ name, manifest }: Package): Promise<string> {
  const tarball = `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
  return (await run('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: scratch })).stdout
}

/** The ways of importing of attw's profile esm-only. */
const esmOnly = ['node16-esm', 'bundler'] as const

let scratch: string

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'bakthat-checks-'))
  const [command, ...first] = pnpm()
  const filters = published.flatMap(({ name }) => ['--filter', name])
  const args = [...first, '--recursive', ...filters, 'pack', '--pack-destination', scratch]
  expect(await run(command, args, { cwd: root, env: process.env })).toMatchObject({ status: 0 })
})

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

async function list(tarball: string): Promise<readonly string[]> {
  const { stdout } = await run('tar', ['-tzf', tarball], { cwd: scratch })
  return stdout
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''))
}
