import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { root } from './support/repository.js'
import { run } from './support/run.js'

it('has no file, export or dependency that nothing uses, and uses none that is not declared', async () => {
  const knip = join(root, 'tooling/checks/node_modules/knip/bin/knip.js')
  const found = await run(process.execPath, [knip, '--no-config-hints', '--no-progress'], { cwd: root })
  expect(found).toMatchObject({ status: 0, stdout: '' })
})
