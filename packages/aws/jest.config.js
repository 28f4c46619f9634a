export { default } from '@bakthat/jest-config'
