import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { atHome } from './support/bin.js'

describe('kv', () => {
  it('sets, gets, lists and deletes', () =>
    atHome(async (home) => {
      expect(await home.run(['kv', 'set', 'web/limits', '{"cpu": 4}'])).toEqual({
        status: 0,
        stdout: 'set web/limits\n',
        stderr: '',
      })
      await home.run(['kv', 'set', 'greeting', 'hello'])
      expect((await home.run(['kv', 'get', 'web/limits'])).stdout).toBe('{\n  "cpu": 4\n}\n')
      expect((await home.run(['kv', 'get', 'greeting'])).stdout).toBe('hello\n')
      expect((await home.run(['kv', 'list'])).stdout).toBe('greeting\nweb/limits\n')
      expect(JSON.parse((await home.run(['kv', 'list', 'web/', '--json'])).stdout)).toEqual(['web/limits'])
      expect((await home.run(['show'])).stdout).toMatch(/ web\/limits\n/)
      expect((await home.run(['kv', 'delete', 'greeting'])).stdout).toBe('deleted greeting\n')
      for (const command of ['get', 'delete'])
        expect(await home.run(['kv', command, 'greeting'])).toMatchObject({
          status: 4,
          stderr: 'error: there is no key "greeting"\n  hint: bakthat kv list shows the keys\n',
        })
    }))

  it('deletes what the catalog tells of a value that is gone, as one is whose deletion was interrupted', () =>
    atHome(async (home) => {
      writeFileSync(home.join('.bakthat.yml'), `default: { local_dir: ${home.join('values')} }\n`)
      await home.run(['kv', 'set', 'limits', '1'])
      rmSync(home.join('values', 'limits'))
      expect((await home.run(['kv', 'set', 'limits', '2'])).stderr).toContain('can be deleted by name')
      expect(await home.run(['kv', 'delete', 'limits'])).toMatchObject({ status: 4 })
      expect((await home.run(['show'])).stdout).not.toContain('limits')
      expect(await home.run(['kv', 'set', 'limits', '2'])).toMatchObject({ status: 0 })
    }))

  it('takes a value as JSON or as a text, from the line, a file or standard input', () =>
    atHome(async (home) => {
      const get = async (): Promise<unknown> =>
        (JSON.parse((await home.run(['kv', 'get', 'key', '--json'])).stdout) as { value: unknown }).value
      writeFileSync(home.join('value.json'), '{"from": "file"}\n')
      for (const [argv, input, value] of [
        [['8080'], '', 8080],
        [['8080', '--text'], '', '8080'],
        [['no JSON'], '', 'no JSON'],
        [['null'], '', null],
        [['{"cpu": 4', '--text'], '', '{"cpu": 4'],
        [['--file', 'value.json'], '', { from: 'file' }],
        [['--file', 'value.json', '--text'], '', '{"from": "file"}'],
        [[], '[1, 2]', [1, 2]],
        [['--text'], 'a secret\n', 'a secret'],
      ] as const) {
        expect(await home.spawn(['kv', 'set', 'key', ...argv], { input })).toMatchObject({ status: 0 })
        expect(await get()).toEqual(value)
      }
      expect(await home.spawn(['kv', 'set', 'key'], { input: '[1, 2' })).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('standard input is not JSON') as unknown,
      })
      expect(await home.run(['kv', 'set', 'key', '1', '--file', 'value.json'])).toMatchObject({ status: 2 })
      expect(await get()).toBe('a secret')
    }))

  it.each(['{"cpu": 4', '[1, 2', '"a text', ' {cpu: 4}'])(
    'does not take %s for a text, which was meant as JSON',
    (word) =>
      atHome(async (home) => {
        expect(await home.run(['kv', 'set', 'key', word])).toEqual({
          status: 2,
          stdout: '',
          stderr: 'error: the value is not JSON\n  hint: mend it, or store it as a text with --text\n',
        })
        expect((await home.run(['kv', 'list'])).stdout).toBe('')
      }),
  )

  it('encrypts with a password, and asks nobody for one', () =>
    atHome(async (home) => {
      const env = { BAKTHAT_PASSWORD: 'correct horse' }
      expect(await home.run(['kv', 'set', 'token', 'abc'], { env })).toMatchObject({ status: 0 })
      expect((await home.run(['kv', 'get', 'token'], { env })).stdout).toBe('abc\n')
      expect(await home.run(['kv', 'get', 'token'])).toMatchObject({ status: 5, stdout: '' })
    }))

  it('sets only what is still as it was read', () =>
    atHome(async (home) => {
      expect(await home.run(['kv', 'set', 'key', '1', '--if-match', 'none'])).toMatchObject({ status: 0 })
      expect(await home.run(['kv', 'set', 'key', '2', '--if-match', 'none'])).toMatchObject({ status: 1 })
      const { etag } = JSON.parse((await home.run(['kv', 'get', 'key', '--json'])).stdout) as { etag: string }
      expect(await home.run(['kv', 'set', 'key', '2', '--if-match', etag])).toMatchObject({ status: 0 })
      expect(await home.run(['kv', 'set', 'key', '3', '--if-match', etag])).toMatchObject({ status: 1 })
      expect((await home.run(['kv', 'get', 'key'])).stdout).toBe('2\n')
    }))

  it('has no links to what lies in a directory', () =>
    atHome(async (home) => {
      await home.run(['kv', 'set', 'key', '1'])
      expect(await home.run(['kv', 'url', 'key'])).toMatchObject({ status: 1, stdout: '' })
    }))
})
