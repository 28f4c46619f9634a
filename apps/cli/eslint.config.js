export { application as default } from '@bakthat/eslint-config'
