export { clientSettings, type AwsAccess, type AwsCredentials, type ClientSettings } from './client-settings.js'
export {
  FailureTranslation,
  foreignMessageOf,
  foreignNameOf,
  refusesEverything,
  statusOf,
  type FailureWords,
} from './failures.js'
export { withFreshCredentials } from './fresh-credentials.js'
export { partitionOf } from './partition.js'
export { contiguousBytesOf, partPerseverance, passingFailures } from './parts.js'
export { expiredCredentials, proxyFailures, wrongClock } from './usual-failures.js'
export { httpAgents, type HttpAgents } from './http-agents.js'
export { serverOf, credentialsOf, given, mistake, textOf } from './profile.js'
export { ServiceClient, type RequestOptions } from './service-client.js'
