import { spawnSync } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, show, verify } from 'bakthat'
import { place } from './place.js'

/** Backs the tree up and kills its own process at the so-many-th word of progress. */
const child = `
const [tree, conf, at] = process.argv.slice(1)
const { backup } = await import('bakthat')
let count = 0
await backup(tree, {
  conf: JSON.parse(conf),
  onProgress: () => {
    if (++count === Number(at)) process.kill(process.pid, 'SIGKILL')
  },
})
`

describe('a process that is killed while it backs up', () => {
  it.each([1, 2, 3])(
    'at its word of progress %i leaves nothing that looks whole, and the next one cleans up',
    async (at) => {
      await using here = await place()
      const { conf, tree } = here
      await mkdir(join(tree, 'more'))
      // Bytes that do not compress, so that every frame is written out.
      for (let i = 0; i < 4; i++) await writeFile(join(tree, 'more', String(i)), noise(3 << 20, i))
      const args = ['--input-type=module', '-e', child, tree, JSON.stringify(conf), String(at)]
      const killed = spawnSync(process.execPath, args, { cwd: import.meta.dirname })
      expect(killed.signal).toBe('SIGKILL')
      expect(await show({ conf })).toEqual([])

      await backup(tree, { conf, name: 'next' })
      expect((await show({ conf })).map(({ filename }) => filename)).toEqual(['next'])
      expect(await verify(undefined, { conf })).toMatchObject([{ outcome: 'contents' }])
      const stored = await readdir(join(here.directory, 'store'), { recursive: true })
      expect(stored.filter((name) => !/^\.bakthat(\/\w+)?$/.test(name) && !name.includes('next.'))).toEqual([])
    },
  )
})

function noise(size: number, seed: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(size))
}
