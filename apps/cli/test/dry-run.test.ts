import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { atHome, type Home } from './support/bin.js'

const withPhotos = (test: (home: Home) => Promise<void>): Promise<void> =>
  atHome(async (home) => {
    mkdirSync(home.join('photos/raw'), { recursive: true })
    writeFileSync(home.join('photos/beach.jpg'), 'sand')
    writeFileSync(home.join('photos/beach.tmp'), 'sand')
    writeFileSync(home.join('photos/raw/beach.raw'), 'sand, sand')
    writeFileSync(home.join('photos/.bakthatexclude'), 'raw/\n')
    writeFileSync(home.join('.bakthat.yml'), "default: {local_dir: store, compression: zstd, exclude: ['*.tmp']}\n")
    await test(home)
  })

describe('backup --dry-run', () => {
  it('tells what would be left out and by which pattern, and how much is left, and stores nothing', () =>
    withPhotos(async (home) => {
      const run = await home.run(['backup', 'photos', '--dry-run'])
      expect(run).toMatchObject({
        status: 0,
        stdout: [
          'left out photos/beach.tmp  by *.tmp',
          'left out photos/raw/  by raw/',
          'would back up photos',
          '  size      9 B in 2 files, before compression',
          '  left out  2',
          '',
        ].join('\n'),
        stderr: expect.stringContaining('nothing was stored: run it without --dry-run\n'),
      })
      expect(existsSync(home.join('store'))).toBe(false)
      expect(JSON.parse((await home.run(['show', '--json'])).stdout)).toEqual([])
    }))

  it('asks for no password', () =>
    withPhotos(async (home) => {
      const argv = ['backup', 'photos', '--dry-run', '--prompt', 'yes', '--exclude', '!*']
      const { status, stdout } = await home.run(argv)
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: expect.stringMatching(/in 4 files[^]*left out {2}nothing/),
      })
    }))

  it('takes a pattern that begins with # for no comment', () =>
    withPhotos(async (home) => {
      writeFileSync(home.join('photos/#beach.jpg#'), 'sand')
      const { stdout } = await home.run(['backup', 'photos', '--dry-run', '--exclude', '#*#'])
      expect(stdout).toContain('left out photos/#beach.jpg#  by \\#*#\n')
    }))

  it('is one JSON document with --json', () =>
    withPhotos(async (home) => {
      const { stdout } = await home.run(['backup', 'photos', '--name', 'mine', '--dry-run', '--json'])
      expect(JSON.parse(stdout)).toEqual({
        name: 'mine',
        ...{ files: 2, entries: 3, bytes: 9, more_left_out: 0, warnings: [] },
        exclude_file: home.join('photos/.bakthatexclude'),
        left_out: [
          { path: 'photos/beach.tmp', reason: 'pattern', pattern: '*.tmp' },
          { path: 'photos/raw/', reason: 'pattern', pattern: 'raw/' },
        ],
      })
    }))

  it.each([[['--stdin', '--name', 'x']], [['--command', 'true', '--name', 'x']], [['photos', '--rotate']]])(
    'does not go with %j',
    (argv) =>
      withPhotos(async (home) => {
        const { status, stderr } = await home.run(['backup', ...argv, '--dry-run'])
        expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--dry-run only looks at') })
      }),
  )
})
