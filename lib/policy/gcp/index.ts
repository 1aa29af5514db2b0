export { gcpWorldOf } from './world';
