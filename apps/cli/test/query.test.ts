import { describe, expect, it } from '@jest/globals'
import { atHome } from './support/bin.js'

describe('query', () => {
  it('shows rows as a table or as JSON, and changes nothing', () =>
    atHome(async (home) => {
      await home.run(['kv', 'set', 'a', '1'])
      await home.run(['kv', 'set', 'longer', '1'])
      const sql = 'SELECT filename, length(filename) AS letters, 9007199254740993 AS big FROM backups ORDER BY id'
      expect(await home.run(['query', sql])).toEqual({
        status: 0,
        stdout: [
          'filename  letters               big\n',
          'a               1  9007199254740993\n',
          'longer          6  9007199254740993\n',
        ].join(''),
        stderr: '',
      })
      expect(JSON.parse((await home.run(['query', `${sql} LIMIT 1`, '--json'])).stdout)).toEqual([
        { filename: 'a', letters: 1, big: '9007199254740993' },
      ])
      expect(await home.run(['query', 'DELETE FROM backups'])).toMatchObject({ status: 2, stdout: '' })
      expect((await home.run(['kv', 'list'])).stdout).toBe('a\nlonger\n')
    }))
})
