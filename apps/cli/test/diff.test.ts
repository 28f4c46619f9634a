import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Home } from './support/bin.js'

/** A home with two backups of `photos`, between which a picture grew, one went and one came. */
async function withBackups(test: (home: Home, stored: readonly string[]) => Promise<void>): Promise<void> {
  const home = new Home()
  const write = (name: string, size: number, at: number): void => {
    writeFileSync(home.join('photos', name), 'x'.repeat(size))
    chmodSync(home.join('photos', name), 0o644)
    utimesSync(home.join('photos', name), at, at)
  }
  const backUp = async (): Promise<string> => {
    const { stdout } = await home.run(['backup', 'photos', '--json'])
    return (JSON.parse(stdout) as { stored_filename: string }).stored_filename
  }
  try {
    mkdirSync(home.join('photos'))
    write('beach.jpg', 1200, 1_000_000_000)
    write('mud.jpg', 700, 1_000_000_000)
    const before = await backUp()
    write('beach.jpg', 34_500, 1_500_000_000)
    write('sea.jpg', 800, 1_500_000_000)
    rmSync(home.join('photos', 'mud.jpg'))
    await test(home, [before, await backUp()])
  } finally {
    home.remove()
  }
}

describe('comparing backups', () => {
  it('lists what changed since the one before, and says which were compared', () =>
    withBackups(async (home, [before, after]) => {
      const { status, stdout, stderr } = await home.run(['diff', 'photos'])
      expect(stdout).toBe(
        [
          'Change       Size  Changed (UTC)     Path',
          'changed   34.5 kB  2017-07-14 02:40  photos/beach.jpg',
          'removed     700 B  2001-09-09 01:46  photos/mud.jpg',
          'added       800 B  2017-07-14 02:40  photos/sea.jpg',
          '',
        ].join('\n'),
      )
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: `1 added, 1 changed, 1 removed: ${after!} compared with ${before!}\n`,
      })
    }))

  it('prints one document for programs', () =>
    withBackups(async (home, [before, after]) => {
      const { stdout } = await home.run(['diff', 'photos', '--json'])
      const file = (name: string, size: number, modified: string): object => {
        return { path: `photos/${name}`, type: 'file', size, mode: '0644', modified }
      }
      expect(JSON.parse(stdout)).toEqual({
        before,
        after,
        differences: [
          {
            change: 'changed',
            path: 'photos/beach.jpg',
            before: file('beach.jpg', 1200, '2001-09-09T01:46:40.000Z'),
            after: file('beach.jpg', 34_500, '2017-07-14T02:40:00.000Z'),
          },
          { change: 'removed', path: 'photos/mud.jpg', before: file('mud.jpg', 700, '2001-09-09T01:46:40.000Z') },
          { change: 'added', path: 'photos/sea.jpg', after: file('sea.jpg', 800, '2017-07-14T02:40:00.000Z') },
        ],
      })
    }))

  it('prints nothing where nothing changed, and compares with what is named', () =>
    withBackups(async (home, [before, after]) => {
      expect(await home.run(['diff', 'photos', '--since', after!])).toMatchObject({
        status: 0,
        stdout: '',
        stderr: `nothing changed: ${after!} compared with ${after!}\n`,
      })
      const same = await home.run(['diff', 'photos', '--since', after!, '--json'])
      expect(JSON.parse(same.stdout)).toEqual({ before: after, after, differences: [] })
      const backwards = await home.run(['diff', before!, '--since', 'photos', '--quiet'])
      expect(backwards).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^added .* photos\/mud\.jpg$/m),
        stderr: '',
      })
    }))

  it('says that there is nothing to compare with', () =>
    withBackups(async (home, [before]) => {
      expect(await home.run(['diff', before!])).toMatchObject({
        status: 4,
        stdout: '',
        stderr:
          'error: there is no backup of photos before that one\n  hint: name the one to compare it with: --since NAME\n',
      })
    }))
})
