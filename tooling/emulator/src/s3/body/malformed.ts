import { S3Failure } from '../failure.js'

export function malformed(why: string): S3Failure {
  return new S3Failure('InvalidRequest', `The body is not well-formed aws-chunked: ${why}`)
}

export function malformedTrailer(why: string): S3Failure {
  return new S3Failure('MalformedTrailerError', `The request contained trailing data that was not well-formed: ${why}`)
}
