import { execFileSync, spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { formatIdentityFile, generateIdentity } from '@bakthat/crypto'
import { backup, open, outputOf, restore, show } from 'bakthat'
import { place, type Place } from './place.js'

async function written(
  command: Parameters<typeof outputOf>[0],
  options?: Parameters<typeof outputOf>[1],
): Promise<string> {
  let text = ''
  for await (const chunk of outputOf(command, options)) text += Buffer.from(chunk).toString()
  return text
}

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

const nothingStored = async ({ conf, directory }: Place): Promise<void> => {
  expect(await show({ conf })).toEqual([])
  expect(await readdir(join(directory, 'store')).catch(() => [])).toEqual([])
}

describe('what a command writes', () => {
  it('is all of it, of a program or of a shell, in its directory and environment', async () => {
    await using here = await place()
    expect(await written(['printf', '%s', 'a b $HOME'])).toBe('a b $HOME')
    expect(await written('printf a; printf b')).toBe('ab')
    const options = { cwd: here.tree, env: { SECRET: 's3cret' } }
    expect(await written('cat sub/file.txt; printf "$SECRET"', options)).toBe('kepts3cret')
  })

  it('fails when the command does, wherever in a pipeline, or cannot be started', async () => {
    for (const command of ['printf half; exit 3', 'false | cat', 'kill -9 $$', ['no-such-program'], ['false']])
      await expect(written(command)).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  })

  it('is told without the words of the command, which may hold a secret', async () => {
    const error = await written('exit 3 # s3cret').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ message: 'the command ended with status 3' })
    expect(JSON.stringify(error)).not.toContain('s3cret')
  })

  it.each<[string, readonly string[], Record<string, string>?]>([
    ['it has no words', []],
    ['one of them holds a NUL', ['printf', 's3cret\0']],
    ['its environment does', ['printf', 'a'], { PASSWORD: 's3cret\0' }],
    ['there is no such program', ['no-such-program', 's3cret']],
    ['they are too long', ['printf', 's3cret'.repeat(50_000)]],
  ])('fails, and tells none of it, where %s', async (_, command, env = {}) => {
    const error = await written(command, { env }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', message: expect.stringContaining('could not be started') })
    expect(inspect(error)).not.toContain('s3cret')
  })

  it('stops the command when nobody wants more of it', async () => {
    await using here = await place()
    const ended = join(here.directory, 'ended')
    const command = `trap 'echo stopped > ${ended}; exit' TERM; while :; do echo; sleep 0.01; done`
    for await (const chunk of outputOf(['bash', '-c', command])) if (chunk.length > 0) break
    let text = ''
    while (text === '') text = await readFile(ended, 'utf8').catch(() => '')
    expect(text).toBe('stopped\n')
  })

  it('says which directory is missing, and not that the command is', async () => {
    await using here = await place()
    const cwd = join(here.directory, 'missing')
    await expect(outputOf('date', { cwd })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringMatching(`could not be started: there is no directory ${cwd}$`),
    })
  })

  it('starts no command for whoever stopped before the first chunk', async () => {
    await using here = await place()
    const output = outputOf(['mkdir', join(here.directory, 'made')])[Symbol.asyncIterator]()
    await output.return?.()
    expect(await output.next()).toEqual({ done: true, value: undefined })
    expect(await readdir(here.directory)).not.toContain('made')
  })

  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux('stops also what the command started and waits for', async () => {
    await using here = await place()
    const ended = join(here.directory, 'ended')
    const dump = `trap 'echo stopped > ${ended}; exit' TERM; echo; for i in {1..300}; do sleep 0.01; done; echo no > ${ended}`
    for await (const chunk of outputOf(`bash -c "${dump}" | cat; true`)) if (chunk.length > 0) break
    let text = ''
    while (text === '') text = await readFile(ended, 'utf8').catch(() => '')
    expect(text).toBe('stopped\n')
  })
})

describe('a backup of a command', () => {
  it('is read by zstd and age, and by us', async () => {
    await using here = await place()
    const { conf, directory } = here
    const pair = await generateIdentity()
    await writeFile(join(directory, 'key'), formatIdentityFile({ ...pair, createdAt: new Date(0) }))
    const compression = { format: 'zstd' } as const
    const options = { conf, name: 'numbers', recipients: [pair.recipient], compression }
    const { storedFilename } = await backup(outputOf(['seq', '1', '300000']), options)
    expect(storedFilename).toMatch(/^numbers\.\d{14}\.zst\.age$/)
    const expected = execFileSync('seq', ['1', '300000'], { maxBuffer: 1 << 24 })
    if (has('age') && has('zstd')) {
      const script = 'set -o pipefail; age -d -i "$1" "$2" | zstd -dc'
      const argv = ['-c', script, 'bash', join(directory, 'key'), join(directory, 'store', storedFilename)]
      expect(execFileSync('bash', argv, { maxBuffer: 1 << 24 }).equals(expected)).toBe(true)
    }
    const withKey = { ...conf, identity: join(directory, 'key') }
    await restore('numbers', { conf: withKey, to: directory })
    expect((await readFile(join(directory, 'numbers'))).equals(expected)).toBe(true)
    await using bakthat = await open({ conf: withKey })
    const chunks: Uint8Array[] = []
    for await (const chunk of bakthat.read('numbers')) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(expected)).toBe(true)
  })

  it('stores nothing when the command fails at its end', async () => {
    await using here = await place()
    const failing = backup(outputOf('seq 1 1000000; exit 1'), { conf: here.conf, name: 'numbers' })
    await expect(failing).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    await nothingStored(here)
  })

  it('stops a command that is stuck when it is stopped itself', async () => {
    await using here = await place()
    const stop = new AbortController()
    const started = join(here.directory, 'started')
    const command = outputOf(
      `trap 'echo stopped > ${started}; exit' TERM; echo > ${started}; while :; do sleep 0.01; done`,
    )
    const backingUp = backup(command, { conf: here.conf, name: 'stuck', signal: stop.signal })
    while ((await readFile(started, 'utf8').catch(() => '')) === '');
    stop.abort()
    await expect(backingUp).rejects.toMatchObject({ code: 'INTERRUPTED' })
    while ((await readFile(started, 'utf8')) !== 'stopped\n');
    await nothingStored(here)
  })
})
