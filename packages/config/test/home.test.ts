import { afterEach, expect, it, jest } from '@jest/globals'
import * as os from 'node:os'

const homedir = jest.fn<() => string>()
const userInfo = jest.fn<() => { readonly homedir: string }>()
jest.unstable_mockModule('node:os', () => ({ ...os, homedir, userInfo }))
const { home, loadSettings } = await import('@bakthat/config')

afterEach(() => {
  jest.resetAllMocks()
})

it('the home directory is that of HOME', () => {
  expect(home({ HOME: '/home/somebody' })).toBe('/home/somebody')
})

it.each(['', 'relative', '.'])('a HOME of %j does not make it the current directory', async (HOME) => {
  homedir.mockReturnValue(HOME)
  userInfo.mockReturnValue({ homedir: '/home/of-the-list' })
  expect(home({ HOME })).toBe('/home/of-the-list')
  const { file, database, localDir } = await loadSettings({ env: { HOME } })
  expect({ file, database, localDir }).toEqual({
    file: undefined,
    database: '/home/of-the-list/.bakthat.sqlite',
    localDir: '/home/of-the-list/.local/share/bakthat',
  })
})

it('without HOME it is what the system says', () => {
  homedir.mockReturnValue('/home/of-the-system')
  expect(home({})).toBe('/home/of-the-system')
})

it('that of a user whom the system does not know is INVALID_INPUT, and needed for nothing that is said', async () => {
  const unknown = (): never => {
    throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' })
  }
  homedir.mockImplementation(unknown)
  userInfo.mockImplementation(unknown)
  const expected = { code: 'INVALID_INPUT', hint: 'set HOME to a directory of this user' }
  await expect(loadSettings({ env: {} })).rejects.toMatchObject(expected)
  await expect(loadSettings({ conf: {}, env: {} })).rejects.toMatchObject(expected)

  const conf = { local_dir: '/srv/backups', database: '/srv/catalog.sqlite' }
  await expect(loadSettings({ conf, env: {} })).resolves.toMatchObject({ localDir: '/srv/backups' })
})
