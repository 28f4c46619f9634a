import { isMainThread, Worker } from 'node:worker_threads'
import { BakHelper } from '@bakthat/helper'

if (isMainThread) new Worker(new URL(import.meta.url))
else {
  const conf = { local_dir: '/nonexistent' }
  const { code, hint } = await BakHelper.open('dump', { conf }).catch((error) => error)
  const bh = await BakHelper.open('dump', { conf, chdir: false })
  await bh.close()
  console.log(JSON.stringify({ code, hint }))
}
