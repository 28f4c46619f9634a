import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  decrypt,
  formatIdentityFile,
  generateIdentity,
  parseIdentities,
  prepareEncryption,
  type KeyPair,
} from '@bakthat/crypto'
import { chunked, collected, has } from './support.js'

const withTerminal = fileURLToPath(new URL('with-terminal.py', import.meta.url))
const passphrase = 'pässwörd of two words'
const plaintexts = [0, 1, 65_536, 65_537, 300_000].map((length) => Buffer.alloc(length, 'bakthat '))
const withAge = has('age') ? it : it.skip
const withAgeOnTerminal = has('age') && has('python3') ? it : it.skip

let directory: string
let keyFile: string
let pair: KeyPair
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bakthat-crypto-'))
  keyFile = join(directory, 'key.txt')
  pair = await generateIdentity()
  writeFileSync(keyFile, formatIdentityFile({ ...pair, createdAt: new Date(0) }), { mode: 0o600 })
})
afterAll(() => {
  rmSync(directory, { recursive: true })
})

describe("Debian's age", () => {
  withAge('opens what we encrypted to its recipient', async () => {
    const { encrypt } = await prepareEncryption({ recipients: [pair.recipient] })
    for (const plaintext of plaintexts) {
      const input = await collected(encrypt(chunked(plaintext, 10_000)))
      expect(execFileSync('age', ['-d', '-i', keyFile], { input }).equals(plaintext)).toBe(true)
    }
  })

  withAge('encrypts to our recipient what we open, binary and armored', async () => {
    for (const input of plaintexts) {
      for (const armor of [[], ['-a']]) {
        const file = execFileSync('age', [...armor, '-r', pair.recipient], { input })
        const plaintext = await collected(decrypt(chunked(file, 10_007), { identities: [pair.identity] }))
        expect(plaintext.equals(input)).toBe(true)
      }
    }
  })

  withAgeOnTerminal('opens what we encrypted with a passphrase', async () => {
    const { encrypt } = await prepareEncryption({ passphrase, workFactor: 8 })
    const [file, result] = [join(directory, 'ours.age'), join(directory, 'ours.txt')]
    writeFileSync(file, await collected(encrypt(chunked(plaintexts[4]!))))
    execFileSync('python3', [withTerminal, passphrase, 'age', '-d', '-o', result, file])
    expect(readFileSync(result).equals(plaintexts[4]!)).toBe(true)
  })

  withAgeOnTerminal('encrypts with a passphrase what we open', async () => {
    const [file, source] = [join(directory, 'theirs.age'), join(directory, 'theirs.txt')]
    writeFileSync(source, plaintexts[4]!)
    execFileSync('python3', [withTerminal, passphrase, 'age', '-p', '-o', file, source])
    const opened = await collected(
      decrypt(chunked(readFileSync(file)), { passphrase: () => Promise.resolve(passphrase) }),
    )
    expect(opened.equals(plaintexts[4]!)).toBe(true)
  })

  const withKeygen = has('age-keygen') ? it : it.skip
  withKeygen('makes identities that we read, and reads ours', () => {
    const [identity] = parseIdentities(
      execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
      'key',
    )
    expect(identity).toMatch(/^AGE-SECRET-KEY-1/)
    expect(execFileSync('age-keygen', ['-y', keyFile]).toString().trim()).toBe(pair.recipient)
  })
})
