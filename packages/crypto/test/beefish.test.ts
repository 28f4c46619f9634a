import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { decryptBeefish, type BeefishForm } from '@bakthat/crypto'
import fc from 'fast-check'
import { chunked, collected, everythingSaidBy, has, outcomeOf, verdict } from './support.js'

interface Sample {
  readonly file: string
  readonly plaintext: string
  readonly password: string
  readonly mode: string
}

const fixture = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`fixtures/beefish/${name}`, import.meta.url)))
const samples = JSON.parse(fixture('manifest.json').toString()) as Sample[]
const formOf = ({ mode }: Sample): BeefishForm => mode.split(' ')[0] as BeefishForm

/** What the Python tool would have written, by OpenSSL: its Blowfish takes keys of 16 bytes. */
function encrypted(form: 'bf-cbc' | 'bf-ecb', key: Buffer, plaintext: Buffer): Buffer {
  const padding = 8 - (plaintext.length % 8)
  const padded = Buffer.concat([plaintext, Buffer.alloc(padding, 0xf0 | (padding % 8))])
  const iv = Buffer.from('0123456789abcdef', 'hex')
  const options = [
    'enc',
    `-${form}`,
    '-nopad',
    '-provider',
    'legacy',
    '-provider',
    'default',
    '-K',
    key.toString('hex'),
  ]
  if (form === 'bf-ecb') return execFileSync('openssl', options, { input: padded })
  return Buffer.concat([iv, execFileSync('openssl', [...options, '-iv', iv.toString('hex')], { input: padded })])
}

const withOpenssl = has('openssl') ? it : it.skip

describe('files of the Python tool', () => {
  it.each(samples)('$file is read as it was written', async (sample) => {
    const expected = fixture(sample.plaintext)
    for (const length of [1, 7, 4096, 100_000]) {
      const file = chunked(fixture(sample.file), length)
      expect((await collected(decryptBeefish(file, sample.password, { form: formOf(sample) }))).equals(expected)).toBe(
        true,
      )
    }
  })

  it('match the published test vectors of Blowfish', async () => {
    const vectors = [
      ['0000000000000000', '4ef997456198dd78', '0000000000000000'],
      ['ffffffffffffffff', '51866fd5b85ecb8a', 'ffffffffffffffff'],
      ['0123456789abcdef', '61f9c3802281b096', '1111111111111111'],
      ['fedcba9876543210', '0aceab0fc6a0a28d', '0123456789abcdef'],
    ] as const
    for (const [key, ciphertext, plaintext] of vectors) {
      const file = Buffer.from(ciphertext + ciphertext, 'hex')
      const opened = await collected(decryptBeefish(chunked(file), Buffer.from(key, 'hex'), { form: 'blowfish-ecb' }))
      expect(opened.subarray(0, 8).toString('hex')).toBe(plaintext)
    }
  })

  withOpenssl('are told apart by the gzip stream inside, in both forms', async () => {
    const key = Buffer.from('sixteen byte key')
    const plaintext = Buffer.alloc(100_000, 'data ')
    for (const form of ['bf-cbc', 'bf-ecb'] as const) {
      const file = encrypted(form, key, gzipSync(plaintext))
      expect(gunzipSync(await collected(decryptBeefish(chunked(file, 1000), key.toString()))).equals(plaintext)).toBe(
        true,
      )
    }
  })

  withOpenssl('open with a passphrase that was typed on a Latin-1 terminal', async () => {
    const file = encrypted('bf-cbc', Buffer.from('sixteen bytë kéy', 'latin1'), gzipSync('data'))
    expect(gunzipSync(await collected(decryptBeefish(chunked(file), 'sixteen bytë kéy'))).toString()).toBe('data')
  })

  withOpenssl('refuse a wrong passphrase', async () => {
    for (const form of ['bf-cbc', 'bf-ecb'] as const) {
      const file = encrypted(form, Buffer.from('sixteen byte key'), gzipSync('data'))
      const outcome = await outcomeOf(decryptBeefish(chunked(file), 'another-passphrase'))
      expect(verdict(outcome)).toBe('WRONG_KEY')
      expect(outcome.released).toHaveLength(0)
      expect(everythingSaidBy(outcome.error)).not.toContain('another-passphrase')
    }
  })

  withOpenssl('say so where their length shows that they were cut off', async () => {
    const file = encrypted('bf-cbc', Buffer.from('sixteen byte key'), gzipSync('some data that takes a few blocks'))
    for (let length = 0; length < file.length; length += 1) {
      const outcome = await outcomeOf(decryptBeefish(chunked(file.subarray(0, length)), 'sixteen byte key'))
      if (length < 16 || length % 8 !== 0) expect(verdict(outcome)).toBe('INTEGRITY')
    }
  })

  it.each(['blowfish-cbc', 'blowfish-ecb', 'aes-256-cbc'] as const)('are not empty in any form: %s', async (form) => {
    for (const length of [0, 1, 5]) {
      const outcome = await outcomeOf(decryptBeefish(chunked(Buffer.alloc(length)), 'passphrase', { form }))
      expect(verdict(outcome)).toBe('INTEGRITY')
    }
  })

  it.each(['', 'x'.repeat(57)])('cannot have had the passphrase %j', async (passphrase) => {
    for (const options of [{}, { form: 'blowfish-cbc' as const }]) {
      const outcome = await outcomeOf(decryptBeefish(chunked(fixture('01-text.enc')), passphrase, options))
      expect(verdict(outcome)).toBe('WRONG_KEY')
    }
  })

  it.each([5, null])('are refused where the passphrase is neither text nor bytes: %p', async (passphrase) => {
    const outcome = await outcomeOf(decryptBeefish(chunked(fixture('01-text.enc')), passphrase as never))
    expect(verdict(outcome)).toBe('INVALID_INPUT')
  })

  it('take padding of 1 to 8 bytes, whatever its high bits are', async () => {
    const key = Buffer.from('k')
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 64 }), async (bytes) => {
        const whole = Buffer.from(bytes).subarray(0, bytes.length - (bytes.length % 8))
        const opened = await collected(decryptBeefish(chunked(whole, 5), key, { form: 'blowfish-ecb' }))
        expect(opened.length).toBeGreaterThanOrEqual(whole.length - 8)
        expect(opened.length).toBeLessThan(whole.length)
      }),
      { numRuns: 30 },
    )
  })
})
