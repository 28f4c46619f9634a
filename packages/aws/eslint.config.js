export { default } from '@bakthat/eslint-config'
