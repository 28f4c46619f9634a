import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A scratch directory with something in it to back up, removed when the example ends. */
export async function scratch(): Promise<{ readonly directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-example-'))
  await mkdir(join(directory, 'photos', '2026'), { recursive: true })
  await writeFile(join(directory, 'photos', 'readme.txt'), 'holidays')
  await writeFile(join(directory, 'photos', '2026', 'beach.jpg'), Buffer.alloc(200_000, 7))
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}
