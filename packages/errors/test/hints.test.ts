import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { shellWords, suggestion } from '@bakthat/errors'

describe('shellWords', () => {
  it('are read back by a shell as they were', () => {
    const words = ['plain', 'a b', "it's", '$HOME', '"', '`id`', '', '\\', '*', '-x', 'a;b', '~', 'ü', 'two\nlines']
    const read = execFileSync('sh', ['-c', `printf '%s\\0' ${shellWords(...words)}`]).toString()
    expect(read.split('\0').slice(0, -1)).toEqual(words)
  })

  it('are quoted only where they must be', () => {
    expect(shellWords('bakthat', 'delete', '-d', 's3', '/srv/a.tar')).toBe('bakthat delete -d s3 /srv/a.tar')
  })
})

describe('a suggestion', () => {
  it.each([
    ['bakcup', 'backup'],
    ['BACKUP', 'backup'],
    ['delete_older_than', 'delete-older-than'],
    ['xyz', undefined],
  ])('for %s is %s', (word, meant) => {
    expect(suggestion(word, ['restore', 'backup', 'delete-older-than'])).toBe(meant)
  })
})
