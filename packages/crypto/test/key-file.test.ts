import { describe, expect, it } from '@jest/globals'
import { formatIdentityFile, generateIdentity, parseIdentities, parseRecipients } from '@bakthat/crypto'
import { errorOf, everythingSaidBy } from './support.js'

const identity = 'AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0'

describe('key files', () => {
  it('hold one key a line, with comments and blank lines', async () => {
    const one = await generateIdentity()
    const two = await generateIdentity({ postQuantum: true })
    const recipients = `\uFEFF# team\r\n\r\n${one.recipient}\r\n  # old: ${identity}\n\t${two.recipient}  `
    expect(parseRecipients(recipients, 'recipients.txt')).toEqual([one.recipient, two.recipient])
    expect(parseIdentities(`#\n\n${one.identity}\n${two.identity}\n`, 'keys.txt')).toEqual([one.identity, two.identity])
  })

  it('are written as age-keygen writes them, and read back', async () => {
    const pair = await generateIdentity()
    const text = formatIdentityFile({ ...pair, createdAt: new Date('2026-11-23T21:00:00.123Z') })
    expect(text).toBe(`# created: 2026-11-23T21:00:00Z\n# public key: ${pair.recipient}\n${pair.identity}\n`)
    expect(parseIdentities(text, 'key.txt')).toEqual([pair.identity])
  })

  it('name the file and the line of a mistake, and never repeat it', async () => {
    const { recipient } = await generateIdentity()
    const mistyped = `${identity.slice(0, -1)}Q`
    const cases = [
      [() => parseRecipients(`# r\n${identity}\n`, 'r.txt'), 'r.txt, line 2 is a secret key where a recipient belongs'],
      [() => parseRecipients(`${recipient}x`, 'r.txt'), 'r.txt, line 1 is not an age recipient, or is mistyped'],
      [() => parseRecipients(`${recipient} # me`, 'r.txt'), 'r.txt, line 1 is not an age recipient, or is mistyped'],
      [() => parseIdentities(`\n\n${recipient}\n`, 'k.txt'), 'k.txt, line 3 is a recipient where a secret key belongs'],
      [
        () => parseIdentities(`${identity}\n${mistyped}\n`, 'k.txt'),
        'k.txt, line 2 is not an age identity, or is mistyped',
      ],
    ] as const
    for (const [parse, message] of cases) {
      const error = errorOf(parse)
      expect(error).toMatchObject({ code: 'INVALID_INPUT', message })
      expect(everythingSaidBy(error)).not.toMatch(/AGE-SECRET-KEY-1[A-Z0-9]/)
    }
  })

  it('without any key are a mistake, not an empty list', () => {
    expect(errorOf(() => parseRecipients('# none yet\n', 'r.txt'))).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'r.txt holds no recipient',
    })
    expect(errorOf(() => parseIdentities('', 'k.txt'))).toMatchObject({ message: 'k.txt holds no identity' })
  })

  it.each(['age-encryption.org/v1\n-> scrypt …', '-----BEGIN AGE ENCRYPTED FILE-----\n'])(
    'that are themselves encrypted are recognised: %j',
    (text) => {
      expect(errorOf(() => parseIdentities(text, 'k.age'))).toMatchObject({ message: 'k.age is itself encrypted' })
    },
  )
})
