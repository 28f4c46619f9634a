export { BakthatError, isBakthatError, type BakthatErrorOptions } from './bakthat-error.js'
export { errorCodes, exitCodeOf, exitCodes, type ErrorCode } from './codes.js'
export { suggestion } from './suggestion.js'
export { systemCodeOf } from './system-code.js'
