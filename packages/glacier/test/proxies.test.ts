import { afterEach, describe, expect, it } from '@jest/globals'
import { Tinyproxy, tinyproxyProgram } from '@bakthat/emulator/tinyproxy'
import { single } from '@bakthat/storage'

import { TestVault } from './vault.js'

const environment = process.env

afterEach(() => {
  process.env = environment
})

;(tinyproxyProgram === undefined ? describe.skip : describe)('a vault', () => {
  it('is reached through the proxy that the environment names', async () => {
    await using proxy = await Tinyproxy.start()
    process.env = { ...environment, HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    await using test = await TestVault.make()
    await test.backend.put('blob', single(Buffer.from('a')))
    const asked = await proxy.asked()
    expect(asked).toHaveLength(test.emulator.requests.length)
    expect(asked[0]).toContain(`${test.emulator.endpoint}/-/vaults/${test.name}`)
  })

  it('whose proxy wants a name and a password is not reached without, and it is told why', async () => {
    await using proxy = await Tinyproxy.start({ name: 'me', password: 'secret' })
    process.env = { ...environment, HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    await using test = await TestVault.make()
    await expect(test.backend.put('blob', single(Buffer.from('a')))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('proxy wants a name'),
    })
  })
})
