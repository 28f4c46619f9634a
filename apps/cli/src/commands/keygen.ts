import { join } from 'node:path'
import { defineCommand } from '../command.js'
import { createSecretFile } from '../files.js'
import { flag, groups, optional } from '../options.js'
import { keygenOutcome, printedKeygenOutcome } from '../outcomes/keygen.js'

const options = {
  'post-quantum': flag({
    group: groups.encryption,
    description: 'Make a key that withstands quantum computers too (age 1.3 or newer reads it)',
  }),
}

export const keygen = defineCommand({
  arguments: [
    optional('file', 'File to write, never overwritten; - for standard output (default: ~/.bakthat-identity.txt)'),
  ],
  options,
  examples: [
    ['bakthat keygen', 'make an identity, and print the recipient that belongs to it'],
    ['bakthat keygen /media/usb/key.txt', 'in a place of your own'],
    ['bakthat keygen - | gpg -c > key.gpg', 'never in the clear on the disk'],
  ],
  async run(given, { env }, [path]) {
    const { home } = await import('@bakthat/config')
    const file = path ?? join(home(env), '.bakthat-identity.txt')
    const { formatIdentityFile, generateIdentity } = await import('@bakthat/crypto')
    const pair = await generateIdentity({ postQuantum: given['post-quantum'] === true })
    const text = formatIdentityFile({ ...pair, createdAt: new Date() })
    if (file === '-') return printedKeygenOutcome(pair.recipient, pair.identity, text)
    await createSecretFile(file, text)
    return keygenOutcome(pair.recipient, file)
  },
})
