import { describe, expect, it } from '@jest/globals'
import { decrypt, generateIdentity, prepareEncryption, recipientOf, type EncryptionKeys } from '@bakthat/crypto'
import { chunked, collected, everythingSaidBy, outcomeOf, verdict } from './support.js'

const secret = 'AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0'
const passphrase = 'hunter2-correct-horse'

async function fileFor(keys: EncryptionKeys): Promise<Buffer> {
  return collected((await prepareEncryption(keys)).encrypt(chunked(Buffer.from('data'))))
}

function passphraseFile(workFactor: string, salt = 'AAAAAAAAAAAAAAAAAAAAAA'): Buffer {
  const body = Buffer.alloc(32).toString('base64').replace('=', '')
  const mac = Buffer.alloc(32).toString('base64').replace('=', '')
  return Buffer.from(`age-encryption.org/v1\n-> scrypt ${salt} ${workFactor}\n${body}\n--- ${mac}\n${'x'.repeat(32)}`)
}

describe('the keys to encrypt with', () => {
  it.each([
    ['no recipient at all', [], 'there is no recipient to encrypt to'],
    ['a secret key', [secret], 'recipient 1 of 1 is a secret key where a recipient belongs'],
    [
      'a secret key in lower case',
      [secret.toLowerCase()],
      'recipient 1 of 1 is a secret key where a recipient belongs',
    ],
    ['nonsense', ['age1xyz'], 'recipient 1 of 1 is not an age recipient, or is mistyped'],
    ['an empty text', [''], 'recipient 1 of 1 is not an age recipient, or is mistyped'],
    ['an SSH key', ['ssh-ed25519 AAAAC3Nza me@here'], 'recipient 1 of 1 is an SSH key, not an age recipient'],
    ['a key of a plugin', ['age1yubikey1qqqqqq'], 'recipient 1 of 1 is for an age plugin, which bakthat does not run'],
  ])('may not be %s', async (_, recipients, message) => {
    const { error } = await prepareEncryption({ recipients }).then(
      () => ({ error: undefined }),
      (thrown: unknown) => ({ error: thrown }),
    )
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message, hint: expect.any(String) })
    for (const recipient of recipients.filter((text) => text !== ''))
      expect(everythingSaidBy(error).toLowerCase()).not.toContain(recipient.toLowerCase())
  })

  it.each([
    [{ recipients: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p' }, 'recipients is not a list'],
    [{ recipients: null }, 'recipients is not a list'],
    [{ passphrase: null }, 'the passphrase is not a text'],
    [{ passphrase: 5 }, 'the passphrase is not a text'],
  ])('may not be what a caller in JavaScript takes for some: %j', async (keys, message) => {
    await expect(prepareEncryption(keys as object as EncryptionKeys)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message,
      hint: expect.any(String) as unknown,
    })
  })

  it('may not be recipients and a passphrase, of which one would open nothing', async () => {
    const { recipient } = await generateIdentity()
    await expect(prepareEncryption({ recipients: [recipient], passphrase })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'recipients and a passphrase were both given',
      hint: expect.any(String) as unknown,
    })
    const keys = { recipients: [recipient], passphrase: undefined }
    await expect(prepareEncryption(keys as object as EncryptionKeys)).resolves.toBeDefined()
  })

  it('are checked for typing errors, one by one', async () => {
    const { recipient } = await generateIdentity()
    const mistyped = recipient.slice(0, 20) + (recipient[20] === 'q' ? 'p' : 'q') + recipient.slice(21)
    await expect(prepareEncryption({ recipients: [recipient, mistyped] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'recipient 2 of 2 is not an age recipient, or is mistyped',
    })
  })

  it('may not be a point that every key agrees with', async () => {
    const zero = 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z'
    await expect(prepareEncryption({ recipients: [zero] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'recipient 1 of 1 is not a usable age recipient',
    })
  })

  it('may not be more than a header that is read again has room for', async () => {
    const { recipient } = await generateIdentity({ postQuantum: true })
    const { encrypt } = await prepareEncryption({ recipients: Array<string>(700).fill(recipient) })
    await expect(collected(encrypt(chunked(Buffer.from('x'))))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('so many recipients'),
    })
  })

  it('may not mix post-quantum recipients with others', async () => {
    const pairs = [await generateIdentity(), await generateIdentity({ postQuantum: true })]
    await expect(prepareEncryption({ recipients: pairs.map(({ recipient }) => recipient) })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'post-quantum and other recipients are mixed',
    })
  })

  it('may not be an empty passphrase', async () => {
    await expect(prepareEncryption({ passphrase: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it.each([0, 23, 1.5, NaN])('may not have %p as work factor', async (workFactor) => {
    await expect(prepareEncryption({ passphrase, workFactor })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('a key that does not fit', () => {
  it('is told apart from damage, and the message says what is wanted', async () => {
    const [one, two, other] = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()])
    const file = await fileFor({ recipients: [one.recipient, two.recipient] })
    const wrong = await outcomeOf(decrypt(chunked(file), { identities: [other.identity] }))
    expect(wrong.error).toMatchObject({
      code: 'WRONG_KEY',
      message: 'none of the identities given (1) opens the age file, which is encrypted to 2 recipients (X25519)',
    })
    const none = await outcomeOf(decrypt(chunked(file), {}))
    expect(none.error).toMatchObject({
      code: 'WRONG_KEY',
      message: 'the age file needs an identity: it is encrypted to 2 recipients (X25519)',
      hint: 'give the identity file of one of its recipients: --identity FILE, or identity in the profile',
    })
    expect(everythingSaidBy(wrong.error)).not.toContain(other.identity)
  })

  it('is a passphrase that differs in anything, a line break included', async () => {
    const file = await fileFor({ passphrase, workFactor: 1 })
    for (const answer of [`${passphrase}\n`, passphrase.toUpperCase(), 'x'.repeat(1_000_000)]) {
      const { error } = await outcomeOf(decrypt(chunked(file), { passphrase: () => Promise.resolve(answer) }))
      expect(error).toMatchObject({ code: 'WRONG_KEY', message: 'the passphrase does not open the age file' })
      expect(everythingSaidBy(error)).not.toContain(answer.trim())
    }
  })

  it.each([5, null, Buffer.from(passphrase)])('is no text: %p', async (answer) => {
    const file = await fileFor({ passphrase, workFactor: 1 })
    const ask = (): Promise<never> => Promise.resolve(answer as never)
    const { error } = await outcomeOf(decrypt(chunked(file), { passphrase: ask }))
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: 'the passphrase is not a text', hint: 'give a text' })
  })

  it.each([undefined, () => Promise.resolve(undefined), () => Promise.resolve('')])(
    'is no passphrase where one is needed (%p)',
    async (ask) => {
      const file = await fileFor({ passphrase, workFactor: 1 })
      const { error } = await outcomeOf(
        decrypt(chunked(file), { identities: [secret], ...(ask && { passphrase: ask }) }),
      )
      const hint = 'give the one it was encrypted with: --password-file FILE, or BAKTHAT_PASSWORD'
      expect(error).toMatchObject({ code: 'WRONG_KEY', message: 'the age file needs a passphrase', hint })
    },
  )

  it('says nothing that the file says', async () => {
    const file = passphraseFile('1').toString().replace('scrypt', 'evil[31m')
    const { error } = await outcomeOf(decrypt(chunked(Buffer.from(file)), {}))
    expect(error).toMatchObject({ code: 'WRONG_KEY' })
    expect(everythingSaidBy(error)).not.toContain('evil')
  })

  it('is a malformed identity, which is not repeated', async () => {
    const { recipient } = await generateIdentity()
    const file = await fileFor({ recipients: [recipient] })
    const leftOverBits = 'AGE-SECRET-KEY-1QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSWPC8QUR3TD4YHY'
    for (const identity of [
      leftOverBits,
      secret.slice(0, -1),
      secret.toLowerCase(),
      'AGE-PLUGIN-YUBIKEY-1QQQQ',
      recipient,
    ]) {
      const { error } = await outcomeOf(decrypt(chunked(file), { identities: [secret, identity] }))
      expect(error).toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/^identity 2 of 2 is/),
      })
      expect(everythingSaidBy(error)).not.toContain(identity)
    }
  })
})

describe('the passphrase', () => {
  it('is asked for only where the header wants one', async () => {
    const { identity, recipient } = await generateIdentity()
    const file = await fileFor({ recipients: [recipient] })
    const ask = (): Promise<string> => Promise.reject(new Error('must not be asked'))
    expect((await collected(decrypt(chunked(file), { identities: [identity], passphrase: ask }))).toString()).toBe(
      'data',
    )
  })

  it('may fail to be asked for, and that error passes through', async () => {
    const failure = new Error('the terminal is gone')
    const file = await fileFor({ passphrase, workFactor: 1 })
    const { error } = await outcomeOf(decrypt(chunked(file), { passphrase: () => Promise.reject(failure) }))
    expect(error).toBe(failure)
  })
})

describe('a hostile passphrase header', () => {
  it.each([
    ['23', 'UNSAFE_ARCHIVE'],
    ['64', 'UNSAFE_ARCHIVE'],
    ['21', 'UNSAFE_ARCHIVE'],
    ['9'.repeat(400), 'UNSAFE_ARCHIVE'],
    ['018', 'INTEGRITY'],
    ['+18', 'INTEGRITY'],
    ['0', 'INTEGRITY'],
    ['-1', 'INTEGRITY'],
    ['0x12', 'INTEGRITY'],
    ['1e1', 'INTEGRITY'],
  ])('with work factor %s is refused before anybody is asked', async (workFactor, code) => {
    const ask = (): Promise<string> => Promise.reject(new Error('must not be asked'))
    const outcome = await outcomeOf(decrypt(chunked(passphraseFile(workFactor)), { passphrase: ask }))
    expect(verdict(outcome)).toBe(code)
  })

  it('is refused over the limit that the caller sets', async () => {
    const keys = { passphrase: () => Promise.resolve(passphrase), maxWorkFactor: 3 }
    expect(verdict(await outcomeOf(decrypt(chunked(passphraseFile('4')), keys)))).toBe('UNSAFE_ARCHIVE')
    expect(verdict(await outcomeOf(decrypt(chunked(passphraseFile('3')), keys)))).toBe('WRONG_KEY')
  })

  it('cannot be let in by a limit that no machine has memory for', async () => {
    const outcome = await outcomeOf(decrypt(chunked(passphraseFile('40')), { maxWorkFactor: 40 }))
    expect(verdict(outcome)).toBe('INVALID_INPUT')
  })
})

describe('an identity', () => {
  it('has one recipient', async () => {
    const { identity, recipient } = await generateIdentity()
    expect(identity).toMatch(/^AGE-SECRET-KEY-1/)
    expect(await recipientOf(identity)).toBe(recipient)
    const hybrid = await generateIdentity({ postQuantum: true })
    expect(hybrid.identity).toMatch(/^AGE-SECRET-KEY-PQ-1/)
    expect(await recipientOf(hybrid.identity)).toBe(hybrid.recipient)
    expect(hybrid.recipient).toHaveLength(1959)
  })

  it('is not repeated where it is mistyped', async () => {
    const mistyped = `${secret.slice(0, -1)}Q`
    const error: unknown = await recipientOf(mistyped).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INVALID_INPUT' })
    expect(everythingSaidBy(error)).not.toContain(mistyped)
  })
})
