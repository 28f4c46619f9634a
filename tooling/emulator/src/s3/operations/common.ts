/** Headers about the body of a request. */
export const bodyHeaders = ['x-amz-checksum-', 'x-amz-sdk-checksum-algorithm']
