export { NotifyPlugin } from './notify-plugin.js'
