import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { backup, cleanup, create, jobs, policy, roles, share, show } from 'bakthat'
import { place } from './place.js'

it('cleans a directory up', async () => {
  await using here = await place()
  const { conf } = here
  await backup(here.tree, { conf })
  const lost = '.bakthat/manifests/lost.20260318115900.tar.zst.json'
  await writeFile(join(here.directory, 'store', lost), 'half a backup')
  expect(await cleanup({ conf })).toMatchObject([{ name: lost, outcome: 'kept', reason: 'younger than a day' }])
  expect(await cleanup({ conf, olderThanSeconds: 0, dryRun: true })).toMatchObject([{ outcome: 'found' }])
  expect(await cleanup({ conf, olderThanSeconds: 0 })).toMatchObject([{ name: lost, outcome: 'removed' }])
  expect(await cleanup({ conf, olderThanSeconds: 0 })).toEqual([])
  expect(await show({ conf })).toHaveLength(1)
})

it('has no retrievals, links and policies of a directory, and says what to do about it', async () => {
  await using here = await place()
  const { conf } = here
  await backup(here.tree, { conf })
  expect(await jobs({ conf })).toEqual([])
  await expect(share('bak', { conf })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(policy('writer', { conf })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    hint: 'give permissions by the means of its store, or choose another destination with -d',
  })
  expect(await create({ conf })).toEqual({
    container: join(here.directory, 'store'),
    notices: ['nothing had to be done: the first backup makes it, where it is not there'],
  })
})

it('writes a policy for each role in a bucket, without any request', async () => {
  await using here = await place()
  const conf = { ...here.conf, access_key: 'A', secret_key: 'S', s3_bucket: 'photos' }
  for (const role of roles) expect(JSON.stringify(await policy(role, { conf, destination: 's3' }))).toContain('photos')
})
