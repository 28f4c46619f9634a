import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { published, readText, type Manifest } from './support/repository.js'
import { run } from './support/run.js'
import { withScratch } from './support/scratch.js'

const pinned = (JSON.parse(readText('package.json')) as { packageManager: string }).packageManager

/** The pnpm that runs these tests, or else the pinned one, fetched by npx. */
const pnpm =
  process.env.npm_execpath?.includes('pnpm') === true
    ? [process.execPath, process.env.npm_execpath]
    : ['npx', '--yes', pinned]

interface Tarball {
  readonly files: readonly string[]
  readonly manifest: Manifest
}

async function pack(directory: string): Promise<Tarball> {
  return withScratch(async (scratch) => {
    const [command = '', ...args] = pnpm
    const packed = await run(command, [...args, 'pack', '--pack-destination', scratch], {
      cwd: directory,
      env: process.env,
    })
    expect(packed).toMatchObject({ status: 0 })
    const tarball = join(
      scratch,
      readdirSync(scratch).find((file) => file.endsWith('.tgz'))!,
    )
    const listed = await run('tar', ['-tzf', tarball], { cwd: scratch })
    const manifest = await run('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: scratch })
    return {
      files: listed.stdout
        .trim()
        .split('\n')
        .map((file) => file.replace(/^package\//, '')),
      manifest: JSON.parse(manifest.stdout) as Manifest,
    }
  })
}

describe.each(published.map((subject) => [subject.name, subject] as const))('the tarball of %s', (_, subject) => {
  it('holds what was built, README and LICENSE, and nothing else', async () => {
    const { files, manifest } = await pack(subject.path)
    const folders = subject.manifest.files ?? []
    const top = new Set(files.map((file) => file.split('/')[0]!))
    expect([...top].filter((name) => name !== 'CHANGELOG.md').sort()).toEqual(
      ['LICENSE', 'README.md', 'package.json', ...folders].sort(),
    )
    expect(files.filter((file) => /\.(map|tsbuildinfo|test\.[jt]s)$|(?<!\.d)\.ts$/.test(file))).toEqual([])
    expect(JSON.stringify({ ...manifest, devDependencies: {} })).not.toMatch(/workspace:|catalog:/)
  })
})
