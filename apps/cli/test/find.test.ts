import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Home } from './support/bin.js'

/** A home with three backups of `photos`, before the last of which a picture grew. */
async function withBackups(test: (home: Home, stored: readonly string[]) => Promise<void>): Promise<void> {
  const home = new Home()
  try {
    mkdirSync(home.join('photos', '2026'), { recursive: true })
    const stored: string[] = []
    for (const [size, at] of [
      [1200, 1_000_000_000],
      [1200, 1_000_000_000],
      [34_500, 1_500_000_000],
    ] as const) {
      writeFileSync(home.join('photos/2026/beach.jpg'), 'x'.repeat(size))
      utimesSync(home.join('photos/2026/beach.jpg'), at, at)
      const { stdout } = await home.run(['backup', 'photos', '--json'])
      stored.push((JSON.parse(stdout) as { stored_filename: string }).stored_filename)
    }
    await test(home, stored)
  } finally {
    home.remove()
  }
}

describe('finding a file', () => {
  it('lists its states, each with the newest backup that has it so', () =>
    withBackups(async (home, [, second, third]) => {
      const { status, stdout, stderr } = await home.run(['find', '*.jpg'])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toBe(
        [
          'photos/2026/beach.jpg',
          `    1.2 kB  2001-09-09 01:46  ${second!} and 1 before it`,
          `   34.5 kB  2017-07-14 02:40  ${third!}`,
          '',
        ].join('\n'),
      )
    }))

  it('takes a name that begins with # for no comment', () =>
    withBackups(async (home) => {
      writeFileSync(home.join('photos/#beach#'), 'sand')
      await home.run(['backup', 'photos'])
      const { status, stdout } = await home.run(['find', '#beach#'])
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^photos\/#beach#\n/) })
    }))

  it('is one document for programs, by which it can be restored', () =>
    withBackups(async (home, stored) => {
      const { stdout } = await home.run(['find', 'beach.jpg', '/photos/2026/', '--json'])
      const { found, unsearched } = JSON.parse(stdout) as {
        found: { path: string; size: number; stored_filenames: string[] }[]
        unsearched: unknown[]
      }
      expect(unsearched).toEqual([])
      expect(found).toMatchObject([
        { path: 'photos/2026', type: 'directory', stored_filenames: stored },
        { path: 'photos/2026/beach.jpg', size: 1200, mode: expect.any(String), stored_filenames: stored.slice(0, 2) },
        { path: 'photos/2026/beach.jpg', size: 34_500, stored_filenames: [stored[2]] },
      ])
      const { path, stored_filenames: from } = found[1]!
      const restored = await home.run(['restore', from[0]!, '--only', path, '--stdout'])
      expect(restored).toMatchObject({ status: 0, stdout: 'x'.repeat(1200) })
    }))

  it('ends with 4 where nothing is found, and with 3 where not all could be searched', () =>
    withBackups(async (home, [first]) => {
      expect(await home.run(['find', 'nothing'])).toMatchObject({
        status: 4,
        stdout: '',
        stderr: expect.stringContaining('nothing was found; backups searched: 3'),
      })
      rmSync(home.join('data/bakthat/.bakthat/indexes'), { recursive: true })
      expect(await home.run(['find', 'beach.jpg'])).toMatchObject({
        status: 3,
        stderr: expect.stringMatching(`${first!} was not searched: it has no index\n(.*\n)*.*bakthat contents NAME`),
      })
      expect(await home.run(['find', 'beach.jpg', '--name', 'phot'])).toMatchObject({ status: 4 })
      expect(await home.run(['find'])).toMatchObject({ status: 2 })
    }))
})
