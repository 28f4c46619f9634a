export { BakHelper, withBakHelper } from './bak-helper.js'
export type { BakHelperOptions, OpenBakHelperOptions, RunOptions } from './contract.js'
