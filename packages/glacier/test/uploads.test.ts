import { describe, expect, it } from '@jest/globals'
import { settableClock } from '@bakthat/emulator/clock'
import { treeHash } from '@bakthat/emulator/glacier'
import { decodeDescription, type GlacierOptions } from '@bakthat/glacier'
import { leftovers, single } from '@bakthat/storage'

import { inChunks, mebibyte, noise, TestVault } from './vault.js'

const large = noise(20 * mebibyte + 3)
const inParts = { partSize: 4 * mebibyte }

describe('storing in a vault', () => {
  it('sends small blobs in one request and large ones in parts, with hashes that the service recomputes', async () => {
    await using test = await TestVault.make(inParts)
    const small = await test.backend.put('small', single(Buffer.from('small')))
    expect(test.emulator.requests.map(({ operation }) => operation)).toEqual(['UploadArchive'])
    const { locator } = await test.backend.put('large', inChunks(large))
    expect([test.count('InitiateMultipartUpload'), test.count('UploadMultipartPart')]).toEqual([1, 6])
    expect(locator.endsWith(`/${large.length}/${treeHash(large).toString('hex')}`)).toBe(true)
    expect((await test.read(locator)).equals(large)).toBe(true)
    expect((await test.read(small.locator)).toString()).toBe('small')
  })

  it('keeps name, date, host and tags beside the archive, and size and SHA-256 where they were known in time', async () => {
    await using test = await TestVault.make(inParts)
    const record = { date: new Date('2026-03-14T09:00:00Z'), host: 'anna', tags: ['a', 'ü'] }
    const { sha256 } = await test.backend.put('café', single(Buffer.from('small')), { record })
    await test.backend.put('large', inChunks(large), { record })
    const [small, parts] = test.vault.stored.map(({ description }) => decodeDescription(description))
    expect(small).toMatchObject({ ...record, name: 'café', size: 5, sha256 })
    expect(parts).toMatchObject({ ...record, name: 'large' })
    expect(parts).not.toHaveProperty('sha256')
    expect(test.vault.stored.every(({ description }) => /^[ -~]{1,1024}$/.test(description))).toBe(true)
  })

  it('never sends an empty archive: one byte stands for nothing, and nothing comes back', async () => {
    await using test = await TestVault.make()
    const { locator, size } = await test.backend.put('empty', single(new Uint8Array()))
    expect([size, test.vault.stored[0]?.size]).toEqual([0, 1])
    expect((await test.read(locator)).length).toBe(0)
  })

  it('says until when an archive is paid for', async () => {
    await using test = await TestVault.make()
    const { paidUntil } = await test.backend.put('blob', single(Buffer.from('a')))
    expect(paidUntil).toEqual(new Date('2026-06-12T09:00:00Z'))
  })

  it('is patient with throttling, which Glacier tells as 400, and with answers that break off', async () => {
    await using test = await TestVault.make(inParts)
    const { faults } = test.emulator
    faults.add({ operation: 'UploadMultipartPart', times: 5 }, { refuse: 400, code: 'ThrottlingException' })
    faults.add({ operation: 'UploadMultipartPart', nth: 8 }, { refuse: 408, code: 'RequestTimeoutException' })
    faults.add({ operation: 'UploadMultipartPart', nth: 10 }, { reset: { afterBytes: 100_000 } })
    faults.add({ operation: 'CompleteMultipartUpload' }, { lose: 'answer' })
    const { locator } = await test.backend.put('large', inChunks(large))
    faults.assertAllHit()
    expect((await test.read(locator)).equals(large)).toBe(true)
    expect(test.vault.stored).toHaveLength(1)
  })

  it.each([
    ['one buffer', {}],
    ['several', { contiguousBytes: mebibyte }],
  ])('is whole although a part in %s is refused more than twenty times, or arrives damaged', async (_, more) => {
    await using test = await TestVault.make({ partSize: 16 * mebibyte, ...more })
    const { faults } = test.emulator
    faults.add({ operation: 'UploadMultipartPart', times: 25 }, { refuse: 503, code: 'ServiceUnavailableException' })
    const damaged = { refuse: 400, code: 'checksum#InvalidParameterValueException' }
    faults.add({ operation: 'UploadMultipartPart', nth: 26 }, damaged)
    const { locator } = await test.backend.put('large', inChunks(large))
    faults.assertAllHit()
    expect((await test.read(locator)).equals(large)).toBe(true)
  })

  it('leaves nothing behind when the service stored other bytes than were sent', async () => {
    await using test = await TestVault.make(inParts)
    test.emulator.faults.add({ operation: 'UploadArchive' }, { damage: 'change a byte' })
    await expect(test.backend.put('small', single(Buffer.from('small')))).rejects.toMatchObject({ code: 'INTEGRITY' })
    test.emulator.faults.add({ operation: 'UploadMultipartPart', nth: 2 }, { damage: 'change a byte' })
    await expect(test.backend.put('large', inChunks(large))).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect([test.vault.stored, [...test.vault.uploads]]).toEqual([[], []])
  })

  it.each([
    ['UploadArchive', noise(1000)],
    ['CompleteMultipartUpload', large],
  ])(
    'leaves nothing behind when it is interrupted while %s is on its way, and that succeeds',
    async (operation, content) => {
      await using test = await TestVault.make(inParts)
      test.emulator.faults.add({ operation }, { refuse: 500, code: 'ServiceUnavailableException' })
      const controller = new AbortController()
      const put = test.backend.put('blob', inChunks(content), { signal: controller.signal })
      put.catch(() => undefined)
      while (test.count(operation) === 0) await new Promise((resolve) => setImmediate(resolve))
      controller.abort()
      await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
      expect(test.count(operation)).toBe(2)
      expect([test.vault.stored.length, test.vault.uploads.size]).toEqual([0, 0])
    },
  )

  it('says what is wrong with a vault that is not there, and an account that came too late', async () => {
    await using test = await TestVault.make()
    const other = await TestVault.make({ vault: 'never-made' })
    await expect(other.backend.put('a', single(Buffer.from('a')))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('there is no such vault'),
    })
    await other[Symbol.asyncDispose]()
    test.emulator.isClosed = true
    for (const call of [
      () => test.backend.put('a', single(Buffer.from('a'))),
      () => test.backend.list(),
      () => test.backend.remove('a-id'),
      () => test.backend.retrieve('a-id'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringContaining('DEEP_ARCHIVE') })
    }
  })
})

describe('keys that expire in the middle of an upload', () => {
  const session = { accessKeyId: 'ASIAFIRST', secretAccessKey: 'secret of the session', sessionToken: 'first' }
  const later = { ...session, accessKeyId: 'ASIASECOND', sessionToken: 'second' }

  /** After the first 10 MiB an hour passes, in which the first keys end. */
  async function overAnHour(sources: readonly (typeof session)[], more: Partial<GlacierOptions>): Promise<Buffer> {
    const wallClock = settableClock(new Date())
    const expires = new Date(wallClock.now().getTime() + 60_000)
    const left = [...sources]
    const credentials = (): Promise<typeof session> => Promise.resolve(left.length > 1 ? left.shift()! : left[0]!)
    await using test = await TestVault.make(
      { ...inParts, ...more, credentials },
      { wallClock, credentials: [{ ...session, expires }, later] },
    )
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* inChunks(large.subarray(0, 10 * mebibyte))
      wallClock.advance(3_600_000)
      yield* inChunks(large.subarray(10 * mebibyte))
    }
    const { locator } = await test.backend.put('large', source())
    return await test.read(locator)
  }

  it.each([
    ['parts in one buffer', {}],
    ['parts in several', { contiguousBytes: mebibyte }],
  ])('are asked for again at their source, with %s', async (_, more) => {
    expect((await overAnHour([session, later], more)).equals(large)).toBe(true)
  })

  it('and have no source that gives others end it with a clear word', async () => {
    await expect(overAnHour([session], {})).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('the credentials have expired'),
    })
  })
})

describe('an upload that was killed', () => {
  /** What a process leaves that dies after some parts. */
  async function killed(test: TestVault): Promise<string> {
    const { faults } = test.emulator
    faults.add(
      { operation: 'UploadMultipartPart', nth: 4, times: 100 },
      { refuse: 500, code: 'ServiceUnavailableException' },
    )
    faults.add({ operation: 'AbortMultipartUpload', times: 100 }, { refuse: 500, code: 'ServiceUnavailableException' })
    await expect(test.backend.put('large', inChunks(large))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    faults.clear()
    for await (const { id, ...leftover } of leftovers(test.backend)!.leftovers()) {
      // Without an age: what was begun days ago may be under way.
      expect(leftover).toEqual({ name: 'large', kind: 'unfinished upload' })
      return id
    }
    throw new Error('nothing was left')
  }

  it('is gone on with while it lives, without sending again what is there', async () => {
    await using test = await TestVault.make(inParts)
    const resume = await killed(test)
    const before = test.count('UploadMultipartPart')
    const there = test.vault.uploads.get(resume)!.parts.size
    const { locator } = await test.backend.put('large', inChunks(large), { resume })
    expect(there).toBeGreaterThan(0)
    expect(test.count('UploadMultipartPart') - before).toBe(6 - there)
    expect((await test.read(locator)).equals(large)).toBe(true)
  })

  it('is not mistaken for one of another blob, and sends again what is not the same', async () => {
    await using test = await TestVault.make(inParts)
    const resume = await killed(test)
    await expect(test.backend.put('other', inChunks(large), { resume })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    const changed = Buffer.from(large).fill(1, 0, 10)
    const { locator } = await test.backend.put('large', inChunks(changed), { resume })
    expect((await test.read(locator)).equals(changed)).toBe(true)
  })

  it('is forgotten after a day without a part: everything is sent then', async () => {
    await using test = await TestVault.make(inParts)
    const resume = await killed(test)
    test.emulator.clock.advance(25 * 3_600_000)
    const { locator } = await test.backend.put('large', inChunks(large), { resume })
    expect((await test.read(locator)).equals(large)).toBe(true)
  })

  it('can be cleared up', async () => {
    await using test = await TestVault.make(inParts)
    const id = await killed(test)
    await test.backend.removeLeftover(id)
    await test.backend.removeLeftover(id)
    expect([...test.vault.uploads]).toEqual([])
  })
})
