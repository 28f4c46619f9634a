import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, deleteOlderThan, ls, open, rotate, rotateAll, rotateBackups, type Conf } from 'bakthat'
import { place, type Place } from './place.js'

/** So many backups, made within seconds of each other, which stored names tell apart. */
async function make(here: Place, count: number, name = 'bak'): Promise<void> {
  await using bakthat = await open({ conf: here.conf })
  for (let made = 0; made < count; made++) await bakthat.backup(here.tree, { name })
}

type Rotation = NonNullable<Conf['rotation']>

const withRotation = ({ conf }: Place, rotation: Rotation): { readonly conf: Conf } => ({
  conf: { ...conf, rotation },
})

describe('rotate', () => {
  it('follows the rules of the configuration, and gives plan, reasons and what was removed as plain data', async () => {
    await using here = await place()
    await make(here, 4)
    // Backups of one second carry the seconds after it, which may not have come yet.
    const { keep, remove, removed } = await rotate('bak', withRotation(here, { last: 1 }))
    const future = keep.filter(({ reasons }) => reasons[0]?.rule === 'future').length
    expect([keep.length, remove.length, removed.length]).toEqual([1 + future, 3 - future, 3 - future])
    expect(JSON.parse(JSON.stringify(keep[future]?.reasons))).toEqual([{ rule: 'newest' }, { rule: 'last', place: 1 }])
    expect(await ls({ conf: here.conf })).toHaveLength(1 + future)
  })

  it('follows the rules of the call instead, and the calendar of the configuration with them', async () => {
    await using here = await place()
    await make(here, 1)
    const options = withRotation(here, { last: 9, days: 7, first_week_day: 'sunday', time_zone: 'Europe/Paris' })
    const { policy } = await rotate('bak', { ...options, rotation: { weeks: 2 } })
    expect(policy).toEqual({ weeks: 2, firstWeekDay: 6, timeZone: 'Europe/Paris' })
    const same = await rotate('bak', { ...options, rotation: { policy: 'grandfatherson' } })
    expect(same.policy).toMatchObject({ last: 9, days: 7, algorithm: 'grandfatherson' })
  })

  it('has a documented alias, and one for all names', async () => {
    await using here = await place()
    await make(here, 1)
    await make(here, 1, 'other')
    const options = { ...withRotation(here, { days: 1 }), dryRun: true }
    expect(await rotateBackups('bak', options)).toEqual(await rotate('bak', options))
    expect((await rotateAll(options)).map(({ name }) => name)).toEqual(['bak', 'other'])
  })

  it.each([
    ['no rule', {}, 'INVALID_INPUT'],
    ['a rule that is none', { days: 'seven' }, 'INVALID_CONFIG'],
    ['a key that there is not', { minutes: 5 }, 'INVALID_CONFIG'],
  ])('with %s removes nothing', async (_, rotation, code) => {
    await using here = await place()
    await make(here, 2)
    const options = { conf: here.conf, rotation: rotation as Rotation }
    await expect(rotate('bak', options)).rejects.toMatchObject({ code })
    expect(await ls({ conf: here.conf })).toHaveLength(2)
  })

  it('works with a file that was written for the Python tool', async () => {
    await using here = await place()
    const { local_dir, database } = here.conf
    const config = join(here.directory, 'python.yml')
    const rotation = '  rotation:\n    days: 7\n    first_week_day: 5\n    months: 6\n    weeks: 6\n'
    await writeFile(config, `default:\n  local_dir: ${local_dir}\n  database: ${database}\n${rotation}`)
    await backup(here.tree, { config })
    expect((await rotate('bak', { config })).policy).toEqual({ days: 7, firstWeekDay: 5, months: 6, weeks: 6 })
  })
})

describe('deleteOlderThan', () => {
  it('deletes by age, in the store too', async () => {
    await using here = await place()
    await make(here, 2)
    expect((await deleteOlderThan('bak', '1h', { conf: here.conf })).removed).toEqual([])
    const archives = (await readdir(join(here.directory, 'store'))).filter((name) => name.startsWith('bak'))
    expect(archives).toHaveLength(2)
    await expect(deleteOlderThan('bak', '', { conf: here.conf })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
