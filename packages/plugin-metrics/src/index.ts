export { MetricsPlugin } from './metrics-plugin.js'
