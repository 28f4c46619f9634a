import { describe, expect, it } from '@jest/globals'
import { createVault, glacier, openGlacier } from '@bakthat/glacier'
import { roles, single, type Finding } from '@bakthat/storage'

import { TestVault } from './vault.js'

describe('a vault', () => {
  it('is made on purpose, once', async () => {
    await using test = await TestVault.make()
    const options = { ...test.options, vault: 'made' }
    expect(await createVault(options)).toMatchObject({ container: expect.stringMatching(/us-east-1\/made$/) })
    await expect(createVault(options)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  it('that is locked keeps its archives until their day', async () => {
    await using test = await TestVault.make()
    const { locator } = await test.backend.put('blob', single(Buffer.from('a')))
    test.vault.lockedDays = 30
    await expect(test.backend.remove(locator)).rejects.toMatchObject({ code: 'LOCKED' })
    test.emulator.clock.advance(31 * 86_400_000)
    await test.backend.remove(locator)
    expect(test.vault.stored).toEqual([])
  })

  it('can be looked into without storing anything', async () => {
    await using test = await TestVault.make()
    const findings: Finding[] = []
    for await (const finding of test.backend.diagnose({ scratch: 'unused/' })) findings.push(finding)
    expect(findings.map(({ subject, verdict }) => `${subject}: ${verdict}`)).toEqual([
      'vault: good',
      'inventory: note',
      'vault lock: note',
      'retrieval policy: note',
    ])
    test.emulator.isClosed = true
    for await (const finding of test.backend.diagnose({ scratch: 'unused/' })) {
      expect(finding).toMatchObject({
        subject: 'vault',
        verdict: 'problem',
        consequence: expect.stringContaining('s3'),
      })
    }
  })

  it('has a policy for each role, in which a writer can neither read nor delete', () => {
    const policies = roles.map((role) => JSON.stringify(glacier.accessPolicy!({ glacier_vault: 'mine' }, role)))
    expect(policies.map((policy) => policy.includes('DeleteArchive'))).toEqual([false, true, false, true])
    expect(policies.map((policy) => policy.includes('InitiateJob'))).toEqual([false, true, true, true])
    expect(policies.every((policy) => policy.includes('arn:aws:glacier:us-east-1:*:vaults/mine'))).toBe(true)
  })

  it('lets an admin ask for what is no part of the vault: what the account allows to be brought back', () => {
    const { Statement } = glacier.accessPolicy!({ glacier_vault: 'mine' }, 'admin') as {
      Statement: readonly { readonly Action: readonly string[]; readonly Resource: string }[]
    }
    const asked = Statement.filter(({ Action }) => Action.includes('glacier:GetDataRetrievalPolicy'))
    expect(asked.map(({ Resource }) => Resource)).toEqual(['*'])
  })
})

describe('settings', () => {
  it.each([
    [{}, 'glacier_vault is missing'],
    [{ glacier_vault: 'a/b' }, 'no name of a vault'],
    [{ glacier_vault: 'a', access_key: 'x' }, 'secret_key is missing'],
    [{ glacier_vault: 'a', glacier_endpoint: 'https://key:word@x' }, 'no address of a server'],
  ])('%j: %s', async (settings, message) => {
    await expect(glacier.open(settings)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining(message),
    })
  })

  it('are refused in options, too, with an endpoint that is no address', () => {
    expect(() => openGlacier({ vault: 'a', endpoint: 'glacier.example.org' })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG' }),
    )
  })

  it('are refused with a region that is none, as soon as anything is asked', async () => {
    const backend = await glacier.open({ glacier_vault: 'a', region_name: 'eu_west', access_key: 'x', secret_key: 'y' })
    await expect(backend.list()).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      hint: expect.stringContaining('region_name'),
    })
    await backend.close()
  })

  it('name the container without credentials', async () => {
    const one = await glacier.open({ glacier_vault: 'a', region_name: 'eu-west-1' })
    const other = await glacier.open({ glacier_vault: 'a', region_name: 'eu-west-1', access_key: 'x', secret_key: 'y' })
    expect([one.container, other.container]).toEqual(['aws/eu-west-1/a', 'aws/eu-west-1/a'])
  })
})
