export type { Conf, LoadSettingsOptions, Settings } from './contract.js'
