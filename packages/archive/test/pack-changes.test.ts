import {
  appendFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { pack, type PackSummary } from '@bakthat/archive'
import { FrameFiller } from '../dist/pack/frame-filler.js'
import { FramePlanner, type PlannedFrame } from '../dist/pack/frame-planner.js'
import { FrameQueue, type SideEffects } from '../dist/pack/frame-queue.js'
import type { FillSettings } from '../dist/pack/plan.js'
import { TreeWalk } from '../dist/pack/tree-walk.js'
import { has, listByPython, run, wholeTree, withDirectory, type TarMember } from './pack-support.js'

const mebibyte = 1024 * 1024
const judged = ['tar', 'bsdtar', 'python3'].every(has) ? describe : describe.skip

function settingsFor(root: string): FillSettings {
  return {
    root,
    name: 'tree',
    compression: { format: 'none' },
    xattrs: false,
    userNames: new Map(),
    groupNames: new Map(),
  }
}

function plannerFor(root: string): { planner: FramePlanner; sideEffects: SideEffects } {
  const sideEffects: SideEffects = { warnings: [], released: [] }
  const warn = (warning: SideEffects['warnings'][number]): void => void sideEffects.warnings.push(warning)
  const walk = new TreeWalk({
    root,
    ...wholeTree,
    warn,
    release: (descriptor) => sideEffects.released.push(descriptor),
  })
  return { planner: new FramePlanner(root, walk.entries(), warn), sideEffects }
}

interface Outcome {
  readonly members: ReadonlyMap<string, TarMember>
  readonly warnings: string[]
  readonly archive: string
}

/** Plans the whole tree, lets `change` at it, and only then fills the plans: the worst moment for every file at once. */
async function packChanged(directory: string, change: (root: string) => void): Promise<Outcome> {
  const root = join(directory, 'tree')
  const { planner, sideEffects } = plannerFor(root)
  const frames = [...planner.frames()]
  change(root)
  const queue = new FrameQueue(given(planner, frames), sideEffects, settingsFor(root), 1)
  return drain(queue, join(directory, 'a.tar'))
}

/** A planner whose frames were planned before. */
function given(planner: FramePlanner, frames: readonly PlannedFrame[]): FramePlanner {
  Object.defineProperty(planner, 'frames', { value: () => frames.values() })
  return planner
}

async function drain(queue: FrameQueue, archive: string): Promise<Outcome> {
  const chunks: Uint8Array[] = []
  const warnings: string[] = []
  for (let frame = await queue.next(); frame !== undefined; frame = await queue.next()) {
    chunks.push(frame.filled.bytes)
    warnings.push(...frame.warnings.map(({ code, path }) => `${code} ${path}`))
  }
  await queue.close()
  writeFileSync(archive, Buffer.concat(chunks))
  run('tar', ['-tf', archive])
  run('bsdtar', ['-tf', archive])
  return { members: new Map(listByPython(archive).map((member) => [member.name, member])), warnings, archive }
}

function contents({ archive }: Outcome, path: string): string {
  return run('tar', ['-xOf', archive, path]).toString()
}

function withTree<Result>(use: (directory: string, root: string) => Promise<Result>): Promise<Result> {
  return withDirectory((directory) => {
    mkdirSync(join(directory, 'tree'))
    return use(directory, join(directory, 'tree'))
  })
}

judged('a small file that changes between walk and read', () => {
  it('is left out when it is gone', () =>
    withTree(async (directory, root) => {
      for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), name)
      symlinkSync('a', join(root, 'link'))
      const outcome = await packChanged(directory, () => {
        rmSync(join(root, 'b'))
        rmSync(join(root, 'link'))
      })
      expect([...outcome.members.keys()]).toEqual(['tree', 'tree/a', 'tree/c'])
      expect(outcome.warnings).toEqual(['vanished /b', 'vanished /link'])
    }))

  it('is stored as it is now when it has shrunk or grown', () =>
    withTree(async (directory, root) => {
      for (const name of ['grown', 'shrunk', 'untouched']) writeFileSync(join(root, name), 'twelve bytes')
      const outcome = await packChanged(directory, () => {
        appendFileSync(join(root, 'grown'), ' and more')
        truncateSync(join(root, 'shrunk'), 6)
      })
      expect(outcome.warnings).toEqual(['changed /grown', 'changed /shrunk'])
      expect(contents(outcome, 'tree/grown')).toBe('twelve bytes and more')
      expect(contents(outcome, 'tree/shrunk')).toBe('twelve')
      expect(contents(outcome, 'tree/untouched')).toBe('twelve bytes')
    }))

  it('is stored as it is now when it has shrunk or grown, and its time was put back', () =>
    withTree(async (directory, root) => {
      const [grown, shrunk] = [join(root, 'grown'), join(root, 'shrunk')]
      const putBack = (): void => {
        for (const path of [grown, shrunk]) utimesSync(path, 1_600_000_000, 1_600_000_000)
      }
      for (const path of [grown, shrunk]) writeFileSync(path, 'twelve bytes')
      putBack()
      const outcome = await packChanged(directory, () => {
        appendFileSync(grown, ' and more')
        truncateSync(shrunk, 6)
        putBack()
      })
      expect(outcome.warnings).toEqual(['changed /grown', 'changed /shrunk'])
      expect(contents(outcome, 'tree/grown')).toBe('twelve bytes and more')
      expect(contents(outcome, 'tree/shrunk')).toBe('twelve')
    }))

  it('is cut at its planned size when it has grown beyond a frame', () =>
    withTree(async (directory, root) => {
      writeFileSync(join(root, 'log'), 'short')
      const outcome = await packChanged(directory, () => {
        truncateSync(join(root, 'log'), 100 * mebibyte)
      })
      expect(outcome.warnings).toEqual(['changed /log'])
      expect(contents(outcome, 'tree/log')).toBe('short')
    }))

  it('is noticed when only its contents and time have changed', () =>
    withTree(async (directory, root) => {
      writeFileSync(join(root, 'a'), 'before')
      const outcome = await packChanged(directory, () => {
        writeFileSync(join(root, 'a'), 'after!')
        utimesSync(join(root, 'a'), 1000, 1000)
      })
      expect(outcome.warnings).toEqual(['changed /a'])
      expect(outcome.members.get('tree/a')).toMatchObject({ mtime: '1000', size: 6 })
      expect(contents(outcome, 'tree/a')).toBe('after!')
    }))

  it('is left out, and nothing hangs or is followed, when another kind of file took its place', () =>
    withTree(async (directory, root) => {
      writeFileSync(join(directory, 'secret'), 'secret')
      for (const name of ['1', '2', '3', '4']) writeFileSync(join(root, name), 'secret')
      const outcome = await packChanged(directory, () => {
        for (const name of ['1', '2', '3']) rmSync(join(root, name))
        spawnSync('mkfifo', [join(root, '1')])
        symlinkSync('../secret', join(root, '2'))
        mkdirSync(join(root, '3'))
      })
      expect(outcome.warnings).toEqual(['vanished /1', 'vanished /2', 'vanished /3'])
      expect([...outcome.members.keys()]).toEqual(['tree', 'tree/4'])
    }))
})

judged('a time after the year 2262', () => {
  it('is kept, and is no change', () =>
    withDirectory(async (directory) => {
      const root = join(directory, 'tree')
      mkdirSync(join(root, 'sub'), { recursive: true })
      writeFileSync(join(root, 'file'), 'far ahead')
      for (const path of ['file', 'sub']) utimesSync(join(root, path), 10_413_792_000, 10_413_792_000)
      const { members, warnings } = await packChanged(directory, () => undefined)
      expect(warnings).toEqual([])
      const times = [...members].map(([name, { mtime }]) => [name.replace(/\/$/, ''), Number(mtime)])
      expect(times).toEqual(
        expect.arrayContaining([
          ['tree/file', 10_413_792_000],
          ['tree/sub', 10_413_792_000],
        ]),
      )
    }))
})

describe('long paths', () => {
  it('fill frames as contents do, so that none takes the memory of many', () =>
    withDirectory((directory) => {
      const root = join(directory, 'tree')
      const deep = join(root, ...Array.from({ length: 14 }, () => 'd'.repeat(250)))
      mkdirSync(deep, { recursive: true })
      for (let count = 0; count < 800; count++) writeFileSync(join(deep, String(count)), '')
      const { planner } = plannerFor(root)
      const sizes = [...planner.frames()].map(({ plan }) => (plan.kind === 'entries' ? plan.paths.length : 0))
      expect(Math.max(...sizes)).toBeLessThan(2 * mebibyte)
      return Promise.resolve()
    }))
})

judged('a file with several names', () => {
  it('goes by the next one in the same frame when the first is gone', () =>
    withTree(async (directory, root) => {
      writeFileSync(join(root, 'a'), 'shared')
      for (const name of ['b', 'c']) linkSync(join(root, 'a'), join(root, name))
      const outcome = await packChanged(directory, () => {
        rmSync(join(root, 'a'))
      })
      expect(outcome.warnings).toEqual(['vanished /a'])
      expect(outcome.members.get('tree/b')).toMatchObject({ type: '0', size: 6 })
      expect(outcome.members.get('tree/c')).toMatchObject({ type: '1', linkName: 'tree/b' })
    }))

  it('goes by the next one in frames that are filled already', () =>
    withTree(async (directory, root) => {
      writeFileSync(join(root, 'a'), 'shared')
      for (const name of ['1', '2', '3', '4']) writeFileSync(join(root, `b${name}`), Buffer.alloc(1.5 * mebibyte))
      for (const name of ['b0', 'b2-link', 'b4-link', 'z']) linkSync(join(root, 'a'), join(root, name))
      const outcome = await packChanged(directory, () => {
        rmSync(join(root, 'a'))
        rmSync(join(root, 'b0'))
      })
      expect(outcome.warnings).toEqual(['vanished /a', 'vanished /b0'])
      expect(outcome.members.get('tree/b2-link')).toMatchObject({ type: '0', size: 6 })
      expect(outcome.members.get('tree/b4-link')).toMatchObject({ type: '1', linkName: 'tree/b2-link' })
      expect(outcome.members.get('tree/z')).toMatchObject({ type: '1', linkName: 'tree/b2-link' })
    }))

  it('has a frame ahead filled once more only, however many such files are gone', () =>
    withTree(async (directory, root) => {
      const names = Array.from({ length: 20 }, (_, number) => String(number))
      for (const name of names) writeFileSync(join(root, `a${name}`), name)
      for (const name of names) linkSync(join(root, `a${name}`), join(root, `z${name}`))
      writeFileSync(join(root, 'big'), Buffer.alloc(2 * mebibyte))
      const { planner, sideEffects } = plannerFor(root)
      const frames = [...planner.frames()]
      for (const name of names) rmSync(join(root, `a${name}`))
      let corrections = 0
      const watched = frames.map((frame) => ({
        ...frame,
        get plan() {
          return frame.plan
        },
        set plan(plan) {
          corrections++
          frame.plan = plan
        },
      }))
      const queue = new FrameQueue(given(planner, watched), sideEffects, settingsFor(root), 1)
      const outcome = await drain(queue, join(directory, 'a.tar'))
      expect(corrections).toBe(1)
      expect(names.map((name) => contents(outcome, `tree/z${name}`))).toEqual(names)
    }))

  it('does not lend its contents to a new file that was given its number', () =>
    withDirectory(async (directory) => {
      const root = join(directory, 'tree')
      for (const name of ['a', 'm', 'z']) mkdirSync(join(root, name), { recursive: true })
      writeFileSync(join(root, 'a/old'), 'old contents')
      linkSync(join(root, 'a/old'), join(root, 'z/new'))
      writeFileSync(join(root, 'm/big'), Buffer.alloc(5 * mebibyte))
      const { planner, sideEffects } = plannerFor(root)
      const frames: PlannedFrame[] = []
      for (const frame of planner.frames()) {
        frames.push(frame)
        // What the file system does when both names go, and two others come.
        if (frames.length === 1) writeFileSync(join(root, 'a/old'), 'new contents!')
      }
      const queue = new FrameQueue(given(planner, frames), sideEffects, settingsFor(root), 1)
      const { members } = await drain(queue, join(directory, 'a.tar'))
      expect(members.get('tree/z/new')).toMatchObject({ type: '0', size: 13 })
    }))

  it('does not lend its owner and mode to another file, however alike the two are', () =>
    withTree(async (directory, root) => {
      const alike = (path: string, text: string, mode: number): void => {
        writeFileSync(path, text, { mode })
        utimesSync(path, 1_600_000_000, 1_600_000_000)
      }
      mkdirSync(join(root, 'd'))
      alike(join(root, 'd/file'), 'mine', 0o644)
      mkdirSync(join(directory, 'elsewhere'))
      alike(join(directory, 'elsewhere/file'), 'ours', 0o600)
      for (const name of ['1', '2']) writeFileSync(join(root, `b${name}`), Buffer.alloc(1.5 * mebibyte))
      const { members, warnings } = await packChanged(directory, () => {
        rmSync(join(root, 'd'), { recursive: true })
        symlinkSync(join(directory, 'elsewhere'), join(root, 'd'))
      })
      expect(members.get('tree/d/file')).toMatchObject({ mode: 0o600 })
      expect(warnings).toContain('changed /d/file')
    }))

  it('does not lend its other names the contents of a stranger', () =>
    withTree(async (directory, root) => {
      writeFileSync(join(root, 'a'), 'shared')
      for (const name of ['1', '2']) writeFileSync(join(root, `b${name}`), Buffer.alloc(1.5 * mebibyte))
      linkSync(join(root, 'a'), join(root, 'z'))
      const outcome = await packChanged(directory, () => {
        writeFileSync(join(directory, 'new'), 'other contents')
        renameSync(join(directory, 'new'), join(root, 'a'))
      })
      expect(contents(outcome, 'tree/a')).toBe('other contents')
      expect(contents(outcome, 'tree/z')).toBe('shared')
      expect(outcome.members.get('tree/z')).toMatchObject({ type: '0' })
    }))
})

/** Packs, calling `between` after the first frame was handed over, while at most a few more are planned. */
async function packSlowly(directory: string, between: () => void): Promise<Outcome & { summary: PackSummary }> {
  const root = join(directory, 'tree')
  const packing = pack({ path: root, compression: { format: 'none' }, workers: 1 })
  const chunks: Uint8Array[] = []
  for await (const chunk of packing.bytes) {
    if (chunks.push(chunk) === 1) between()
  }
  const summary = await packing.summary
  const archive = join(directory, 'a.tar')
  writeFileSync(archive, Buffer.concat(chunks))
  run('tar', ['-tf', archive])
  const members = new Map(listByPython(archive).map((member) => [member.name, member]))
  return { members, warnings: summary.warnings.map(({ code, path }) => `${code} ${path}`), archive, summary }
}

judged('a big file that changes while its frames are read', () => {
  const size = 16 * mebibyte

  function withBigFile(use: (directory: string, file: string) => Promise<void>): Promise<void> {
    return withTree(async (directory, root) => {
      writeFileSync(join(root, 'big'), Buffer.alloc(size, 'x'))
      writeFileSync(join(root, 'later'), 'later')
      await use(directory, join(root, 'big'))
    })
  }

  it('is filled up with zeros when it shrinks', () =>
    withBigFile(async (directory, file) => {
      const outcome = await packSlowly(directory, () => {
        truncateSync(file, 1)
      })
      expect(outcome.warnings).toEqual(['changed tree/big'])
      expect(outcome.summary.warnings[0]!.incomplete).toBe(true)
      expect(outcome.members.get('tree/big')).toMatchObject({ size })
      expect(
        run('tar', ['-xOf', outcome.archive, 'tree/big'])
          .subarray(-mebibyte)
          .every((byte) => byte === 0),
      ).toBe(true)
      expect(contents(outcome, 'tree/later')).toBe('later')
    }))

  it('is cut at the size in its header when it grows', () =>
    withBigFile(async (directory, file) => {
      const outcome = await packSlowly(directory, () => {
        appendFileSync(file, Buffer.alloc(mebibyte, 'y'))
      })
      expect(outcome.warnings).toEqual(['changed tree/big'])
      expect(run('tar', ['-xOf', outcome.archive, 'tree/big']).equals(Buffer.alloc(size, 'x'))).toBe(true)
    }))

  it('is one file from beginning to end when it is replaced or removed', () =>
    withBigFile(async (directory, file) => {
      const outcome = await packSlowly(directory, () => {
        writeFileSync(`${directory}/new`, Buffer.alloc(size, 'y'))
        renameSync(`${directory}/new`, file)
      })
      expect(outcome.warnings).toEqual([])
      expect(run('tar', ['-xOf', outcome.archive, 'tree/big']).equals(Buffer.alloc(size, 'x'))).toBe(true)
    }))
})

judged('a tree that changes ahead of the walk', () => {
  it('is packed without what has gone, and with what has come into directories not yet read', () =>
    withTree(async (directory, root) => {
      for (const name of ['b', 'c', 'd']) mkdirSync(join(root, name))
      writeFileSync(join(root, 'a'), Buffer.alloc(12 * mebibyte))
      writeFileSync(join(root, 'b/old'), '')
      writeFileSync(join(root, 'e'), '')
      const outcome = await packSlowly(directory, () => {
        rmSync(join(root, 'c'), { recursive: true })
        rmSync(join(root, 'e'))
        writeFileSync(join(root, 'd/new'), '')
      })
      expect(outcome.warnings).toEqual(['vanished tree/c', 'vanished tree/e'])
      expect([...outcome.members.keys()]).toEqual(['tree', 'tree/a', 'tree/b', 'tree/b/old', 'tree/d', 'tree/d/new'])
    }))
})

describe('filling a frame', () => {
  it('gives the same bytes each time when nothing has changed', () =>
    withTree(async (_directory, root) => {
      for (let i = 0; i < 50; i++) writeFileSync(join(root, `file ${i}`), Buffer.alloc(i * 1000, i))
      const [frame] = [...plannerFor(root).planner.frames()]
      const filler = new FrameFiller(settingsFor(root))
      const first = Buffer.from(filler.fill(frame!.plan).bytes)
      expect(Buffer.from(filler.fill(frame!.plan).bytes).equals(first)).toBe(true)
      await Promise.resolve()
    }))
})
