import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { translate } from '../files.js'
import type { Page } from './page.js'

/** Writes pages into a directory, over those of an older version; gives the paths. */
export async function writePages(directory: string, pages: AsyncIterable<Page>): Promise<readonly string[]> {
  const paths: string[] = []
  try {
    await mkdir(directory, { recursive: true })
    for await (const { file, text } of pages) {
      const path = join(directory, file)
      await writeFile(path, text)
      paths.push(path)
    }
  } catch (error) {
    throw translate(error, directory)
  }
  return paths
}
