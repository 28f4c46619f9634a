import { BakthatError } from '@bakthat/errors'
import { isAge } from './age-format.js'
import type { KeyPair } from './identity.js'
import { identityProblem, recipientProblem, type KeyProblem } from './key-syntax.js'

/**
 * The recipients in the text of a recipients file: one a line, `#` begins a comment line, blank lines do not count.
 *
 * Throws `INVALID_INPUT` naming `source` and the line, never its text; also for a file without any recipient, which would
 * otherwise mean storing unencrypted.
 */
export function parseRecipients(text: string, source: string): readonly string[] {
  return parseLines(text, source, 'recipient', recipientProblem)
}

/** The identities in the text of an identity file, as `age-keygen` writes it. As {@link parseRecipients}. */
export function parseIdentities(text: string, source: string): readonly string[] {
  if (isAge(Buffer.from(text.slice(0, 2048))))
    throw new BakthatError('INVALID_INPUT', `${source} is itself encrypted`, {
      hint: 'decrypt it with age -d first, and give what comes out',
    })
  return parseLines(text, source, 'identity', identityProblem)
}

/** The text of an identity file, as `age-keygen` writes it. It holds a secret: store it with mode 0600. */
export function formatIdentityFile({ identity, recipient, createdAt }: KeyPair & { readonly createdAt: Date }): string {
  const created = createdAt.toISOString().replace(/\.\d+Z$/, 'Z')
  return `# created: ${created}\n# public key: ${recipient}\n${identity}\n`
}

function parseLines(
  text: string,
  source: string,
  what: string,
  problemOf: (line: string) => KeyProblem | undefined,
): readonly string[] {
  const keys: string[] = []
  for (const [index, rawLine] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = rawLine.trim()
    if (line === '' || line.startsWith('#')) continue
    const problem = problemOf(line)
    if (problem !== undefined)
      throw new BakthatError('INVALID_INPUT', `${source}, line ${index + 1} ${problem.what}`, problem)
    keys.push(line)
  }
  if (keys.length > 0) return keys
  throw new BakthatError('INVALID_INPUT', `${source} holds no ${what}`, {
    hint: `write one ${what} on each line`,
  })
}
