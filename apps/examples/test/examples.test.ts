import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'

const expected: Record<string, RegExp> = {
  'back-up-a-command.js':
    /^stored numbers\.txt\.\d{14}\.gz\n1\n2\n3\nnothing stored: the command ended with status 1\n$/,
  'back-up-with-a-helper.js': /^stored mybackup\.\d{14}\.tgz: 2 files; removed 0\n$/,
  'keep-settings.js': /^\{ some: 'data' \}\nmyvalue\nALREADY_EXISTS\n\[ 'my_encrypted_key', 'visits' \]\n$/,
  'keep-on-a-shelf.js': /^stored photos\.\d{14}\.tgz on the shelf\nrestored: holidays\n$/,
  'listen-to-events.js': /^([\da-f-]{36}) before_backup photos\n\1 on_backup photos\.\d{14}\.tgz\n$/,
  'back-up-and-restore.js': /stored photos\.\d{14}\.tgz: 2 files[^]*\[ 'holidays' \][^]*restored photos: holidays/,
  'encrypt-to-a-recipient.js': /\.tar\.zst\.age\nwithout the identity: .*identity[^]*with it: holidays/,
  'progress-and-stopping.js': /2 files, 200008 bytes[^]*stopped\n1 backup/,
  'time-backups-by-a-plugin.js':
    /^before_backup ([\da-f-]{36})\non_backup \1 <Backup: photos\.\d{14}\.tgz>\nJob duration: \d+\.\d+s\n$/,
}

describe('the examples', () => {
  const directory = join(import.meta.dirname, '..', 'dist')
  const scripts = readdirSync(directory).filter((name) => name.endsWith('.js') && name !== 'scratch.js')

  it('are all told apart here', () => {
    expect(scripts.sort()).toEqual(Object.keys(expected).sort())
  })

  it.each(scripts)('%s does what it says', async (name) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(directory, name)])
    expect(stdout).toMatch(expected[name]!)
    expect(stderr).toBe('')
  })
})
