import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The region that the AWS tools of this machine use: `AWS_REGION`, `AWS_DEFAULT_REGION`, or that of the profile in the shared
 * configuration; else `us-east-1`. The machine itself is not asked where it stands: that takes a second where nobody
 * answers, and S3 tells where a bucket lies.
 */
export function usualRegion(profile: string | undefined): Promise<string> {
  const { loadConfig } = require('@smithy/core/config') as typeof import('@smithy/core/config')
  const sources = {
    environmentVariableSelector: regionIn,
    configFileSelector: ({ region }: Record<string, string | undefined>) => region,
    default: 'us-east-1',
  }
  return loadConfig(sources, profile === undefined ? {} : { profile })()
}

/** The region of the AWS tools where the environment has it: what is empty is not set. */
export function regionIn({ AWS_REGION, AWS_DEFAULT_REGION }: NodeJS.ProcessEnv): string | undefined {
  return [AWS_REGION, AWS_DEFAULT_REGION].find((one) => one !== undefined && one !== '')
}

/**
 * The region that a server says the bucket lies in, where a request for it went to another: in a header on AWS
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html), in the document of a signature for the wrong one.
 */
export function regionToldBy(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { $response, Region } = error as { $response?: { headers?: Record<string, string> }; Region?: unknown }
  const region = $response?.headers?.['x-amz-bucket-region'] ?? Region
  return typeof region === 'string' && /^[a-z\d-]+$/.test(region) ? region : undefined
}
