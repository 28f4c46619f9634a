// `npm run release:check`: what has to hold before the packages are published.
import { install } from '../bootstrap/install.mjs'
import { fail } from '../bootstrap/process.mjs'
import { turbo } from '../bootstrap/turbo.mjs'

// Manifests, tarballs (publint, attw), knip, layers and cycles, side effects, versions and changelogs by changesets.
const { ok } = await turbo(['test'], install(), { args: ['--filter=@bakthat/checks'] })
if (!ok) fail('The packages are not ready to be published: see above.')
await import('./users.mjs')
