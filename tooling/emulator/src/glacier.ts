export { startGlacier, type GlacierEmulator, type GlacierEmulatorOptions } from './glacier/start-glacier.js'
export { isNode, leafSize, treeHash } from './glacier/tree-hash.js'
export type { Archive, Vault } from './glacier/vault.js'
export type { Job } from './glacier/jobs.js'
