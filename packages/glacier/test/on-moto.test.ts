import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { motoServer, startMoto, type Moto } from '@bakthat/emulator/moto'
import { createVault, openGlacier } from '@bakthat/glacier'
import { single, waitUntilReady } from '@bakthat/storage'

import { joined } from './vault.js'

// moto has one request for an archive and no uploads in parts, and knows no hashes of what it gives back.
;(motoServer() === undefined ? describe.skip : describe)('on moto', () => {
  let moto: Moto | undefined
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(async () => {
    await moto?.stop()
  })

  it('makes a vault, stores, brings back and removes', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const options = { vault: 'on-moto', endpoint: moto!.endpoint, credentials }
    await createVault(options)
    const backend = openGlacier(options)
    const content = Buffer.from('remember the milk')
    const { locator } = await backend.put('notes', single(content))
    const ready = await waitUntilReady(
      (ticket) => backend.retrieve(locator, { tier: 'expedited', ...(ticket === undefined ? {} : { ticket }) }),
      { pause: (milliseconds) => setTimeout(milliseconds), everySeconds: 0.1 },
    )
    expect(await joined(ready.value)).toEqual(content)
    await backend.remove(locator)
    await backend.close()
  })
})
