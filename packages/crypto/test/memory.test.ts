import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'

/** 64 MiB each. */
const workFactor = 16

/** The most memory, in MiB, that a process of its own had resident which made so many files with a passphrase at once. */
function peakOf(files: number): number {
  const program = `
    import { prepareEncryption } from '@bakthat/crypto'
    const file = async () => {
      const { encrypt } = await prepareEncryption({ passphrase: 'secret', workFactor: ${workFactor} })
      for await (const chunk of encrypt((async function* () {})())) void chunk
    }
    await Promise.all(Array.from({ length: ${files} }, file))
    console.log(process.resourceUsage().maxRSS / 1024)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }))
}

describe('the memory of passphrases', () => {
  it('is that of one, however many are derived at once', () => {
    expect(peakOf(8) - peakOf(1)).toBeLessThan(48)
  })
})
