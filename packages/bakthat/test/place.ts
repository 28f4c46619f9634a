import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Conf } from 'bakthat'

/** A private directory with a tree in it, and a configuration that keeps everything in there. */
export interface Place extends AsyncDisposable {
  readonly directory: string
  readonly tree: string
  readonly conf: Conf
}

export async function place(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-'))
  const tree = join(directory, 'bak')
  await mkdir(join(tree, 'sub'), { recursive: true })
  await writeFile(join(tree, 'sub', 'file.txt'), 'kept')
  return {
    directory,
    tree,
    conf: { local_dir: join(directory, 'store'), database: join(directory, 'catalog.sqlite') },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}
