export { local } from './definition.js'
export { openLocal, type LocalOptions } from './open-local.js'
