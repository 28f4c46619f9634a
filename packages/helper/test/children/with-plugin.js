import { BakHelper } from '@bakthat/helper'

const [plugins] = process.argv.slice(2)
const bh = await BakHelper.open('dump', {
  conf: { local_dir: '/nonexistent', plugins_dir: plugins, plugins: ['slow.Slow'] },
})
process.stdout.write('open\n')
await bh.run('sleep', ['60'])
