export { configurationKeys, type ConfigurationKey } from './configuration-keys.js'
export type { Conf, LoadSettingsOptions, Settings } from './contract.js'
export { loadSettings } from './load-settings.js'
export { profilePassword, readProfileFile } from './secrets.js'
