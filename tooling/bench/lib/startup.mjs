import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bakthatCommand, privateEnvironment } from './contestants.mjs'
import { measure, median } from './measure.mjs'

/** Rows of the catalog that `show` reads. */
export const rows = 10_000

/** Medians, in seconds from spawn to end, of the commands that a person waits for, and of Node doing nothing. */
export async function measureStartup({ scratch, runs }) {
  const home = join(scratch, 'startup')
  mkdirSync(home)
  const env = privateEnvironment(home)
  await fillCatalog(env.BAKTHAT_DATABASE)
  const commands = {
    show: [bakthatCommand, 'show'],
    version: [bakthatCommand, '--version'],
    node: ['-e', '0'],
  }
  const walls = { show: [], version: [], node: [] }
  for (let round = 0; round < runs; round += 1) {
    for (const [name, args] of Object.entries(commands)) {
      const { wall } = await measure(process.execPath, args, { env, trackMemory: false })
      walls[name].push(wall)
    }
  }
  return Object.fromEntries(Object.entries(walls).map(([name, samples]) => [name, median(samples)]))
}

async function fillCatalog(path) {
  const { openCatalog } = await import('@bakthat/catalog')
  const catalog = openCatalog({ path })
  const first = Date.UTC(2020, 0, 1)
  for (let index = 0; index < rows; index += 1) {
    const backupDate = new Date(first + index * 3_600_000)
    const storedFilename = `photos.${backupDate.toISOString().slice(0, 19).replaceAll(/\D/g, '')}.tar.zst.age`
    catalog.record({
      backend: 'local',
      container: '/mnt/backups',
      backupDate,
      filename: 'photos',
      storedFilename,
      tags: ['holidays', `year-${backupDate.getUTCFullYear()}`],
      metadata: { compression: 'zstd', encryption: 'recipients', entries: 1000, files: 900 },
      host: 'bench',
      pid: 1,
      size: 1_000_000 + index,
      sha256: index.toString(16).padStart(64, '0'),
      locator: storedFilename,
    })
  }
  catalog.close()
}
