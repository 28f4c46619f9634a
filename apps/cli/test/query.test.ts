import { describe, expect, it } from '@jest/globals'
import { atHome, has } from './support/bin.js'

const onTerminal = has('python3') ? it : it.skip

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

  onTerminal('gives rows that are longer than those of the terminal lines of their own', () =>
    atHome(async (home) => {
      const sql = "SELECT 1 AS id, 'photos' AS filename, '' AS tags UNION SELECT 2, 'music', 'loud'"
      const shown = async (columns: number): Promise<string> => {
        const { screen } = await home.onTerminal(['query', sql], [], { columns, env: { NO_COLOR: '1' } })
        return screen.replaceAll('\r', '')
      }
      expect(await shown(80)).toBe('id  filename  tags\n 1  photos\n 2  music     loud\n')
      expect(await shown(17)).toBe('id: 1\nfilename: photos\n\nid: 2\nfilename: music\ntags: loud\n')
    }),
  )
})
