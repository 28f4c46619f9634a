import type { BackupRow, NewBackup } from '@bakthat/catalog'
import { single } from '@bakthat/storage'
import { begun, type TestEngine } from './engine.js'

/** Stores something under the names of a backup and records it, without packing anything. */
export async function stored(engine: TestEngine, name: string, date: string): Promise<BackupRow> {
  const storedFilename = `${name}.${date.slice(0, 19).replace(/\D/g, '')}.tar.zst`
  const blob = await engine.backend.put(storedFilename, single(Buffer.from(storedFilename)))
  const manifest = await engine.backend.put(`.bakthat/manifests/${storedFilename}.json`, single(Buffer.from('{}')))
  return engine.catalog.record({
    backend: engine.backend.scheme,
    container: engine.backend.container,
    backupDate: new Date(date),
    filename: name,
    storedFilename,
    tags: [],
    metadata: { manifest: manifest.locator },
    host: engine.host,
    pid: engine.pid,
    ...blob,
  })
}

/** Stores the value of a key and records it, as the key-value store does. */
export async function storedValue(engine: TestEngine, key: string): Promise<BackupRow> {
  return engine.catalog.record({
    backend: engine.backend.scheme,
    container: engine.backend.container,
    backupDate: new Date('2026-03-18T11:30:00Z'),
    filename: key,
    storedFilename: key,
    tags: [],
    metadata: { KeyValue: true },
    host: engine.host,
    pid: engine.pid,
    ...(await engine.backend.put(key, single(Buffer.from('{}')))),
  })
}

/** What a process, of which tests say that it is gone, recorded of a backup before it stored anything. */
export function pendingRow({ backend }: TestEngine, more: Partial<NewBackup> = {}): NewBackup {
  return {
    backend: backend.scheme,
    container: backend.container,
    backupDate: begun,
    filename: 'killed',
    storedFilename: 'killed.20260318115900.tar.zst',
    tags: [],
    metadata: {},
    host: 'tests',
    pid: 99,
    ...more,
  }
}

/** One a day at noon in March 2026, from one day to another. */
export async function march(engine: TestEngine, name: string, from: number, to: number): Promise<void> {
  for (let day = from; day <= to; day++) await stored(engine, name, `2026-03-${String(day).padStart(2, '0')}T11:00:00Z`)
}

/** The days of March whose backups the catalog lists as complete. */
export function daysOf(engine: TestEngine, name: string): readonly number[] {
  return engine.catalog.find({ filename: name }).map(({ backupDate }) => backupDate.getUTCDate())
}
