import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog, type BackupRow } from '@bakthat/catalog'
import { KeyValue, type Conf, type KeyValueOptions } from '@bakthat/keyvalue'

/** A private directory that values, and the catalog, are kept in. */
export class Place implements AsyncDisposable {
  readonly directory: string
  readonly conf: Conf & { readonly local_dir: string; readonly database: string }

  private constructor(directory: string) {
    this.directory = directory
    this.conf = { local_dir: join(directory, 'store'), database: join(directory, 'catalog.sqlite') }
  }

  static async make(): Promise<Place> {
    return new Place(await mkdtemp(join(tmpdir(), 'bakthat-keyvalue-')))
  }

  open(options: KeyValueOptions = {}): KeyValue {
    return new KeyValue({ ...options, conf: { ...this.conf, ...options.conf } })
  }

  rows(): readonly BackupRow[] {
    const catalog = openCatalog({ path: this.conf.database })
    try {
      return catalog.find()
    } finally {
      catalog.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** A store in a private directory, for one test. */
export async function withStore(
  test: (kv: KeyValue, place: Place) => Promise<void>,
  options: KeyValueOptions = {},
): Promise<void> {
  await using place = await Place.make()
  await using kv = place.open(options)
  await test(kv, place)
}
