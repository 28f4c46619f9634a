// Settings under keys: set, get, change without losing what another program changes, delete.
import { join } from 'node:path'
import { KeyValue } from '@bakthat/keyvalue'
import { scratch } from './scratch.js'

await using place = await scratch()
await using kv = new KeyValue({
  conf: { local_dir: join(place.directory, 'store'), database: join(place.directory, 'catalog.sqlite') },
})

await kv.setKey('mykey', { some: 'data' })
console.log(await kv.getKey('mykey'))

await kv.setKey('my_encrypted_key', 'myvalue', { password: 'mypassword' })
console.log(await kv.getKey('my_encrypted_key', { password: 'mypassword' }))

const { etag } = await kv.setKey('visits', 1)
await kv.setKey('visits', 2, { ifMatch: etag })
await kv.setKey('visits', 3, { ifMatch: etag }).catch((error: unknown) => console.log((error as { code: string }).code))

await kv.deleteKey('mykey')
console.log(await kv.keys())
