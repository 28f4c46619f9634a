import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { ScriptPlace } from './servers/script-place.js'

describe('back-up-mongodb, with a program in the place of mongodump', () => {
  it('stores the archive that it writes, and shows no secret in the list of processes', async () => {
    await using here = await ScriptPlace.make()
    const dump = await here.program(
      'mongodump',
      `grep -q '^password: k33p' "\${1#--config=}" && printf 'an archive\\0of shop'`,
    )
    const config = await here.secret('mongodump.yml', 'password: k33p-me-out-of-ps\n')
    expect(await here.run('back-up-mongodb.js', ['shop', config])).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^stored shop\.\d{14}\.tgz; removed 0\n$/),
      stderr: '',
    })
    expect(await dump.arguments()).toBe(`--config=${config}\n--db=shop\n--quiet\n--archive\n`)
    expect(await here.backups()).toMatchObject([{ filename: 'shop', tags: ['mongodb'] }])
    expect(await readFile(await here.restored('shop', 'dump.archive'), 'utf8')).toBe('an archive\0of shop')
  })

  it('stores nothing where the dump fails', async () => {
    await using here = await ScriptPlace.make()
    await here.program('mongodump', 'printf half; exit 1')
    const { status, stderr } = await here.run('back-up-mongodb.js', ['shop', here.path('mongodump.yml')])
    expect(stderr).toContain('COMMAND_FAILED')
    expect(status).toBe(1)
    expect(await here.backups()).toEqual([])
  })
})
